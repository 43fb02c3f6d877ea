"""Many submissions on many runners: what is graded and unchanged is not graded again.

Nothing is imported here: a runner, which starts with `grader.batch.runner`, has no use for the gradebook's database.
"""
