"""To nbgrader and back: an assignment for its `source/`, and scores for its gradebook.

Hidden tests take no part in this: what nbgrader gets are the solutions (which it keeps in `source/`), the handouts, the
public tests, and scores.
"""
