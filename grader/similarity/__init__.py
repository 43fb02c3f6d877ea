"""Which submissions are closer to each other than the task explains: a list to look at, never a verdict.

Two views of every module are compared, each by copydetect's fingerprints (Schleimer, Wilkerson and Aiken, 2003):
its structure, in which all names are alike, so that renaming hides nothing; and its wording, line by line, without
what stands in the stub or the solution too. A right answer to a small exercise leaves little choice, so what is in
the stub, in the solution, or in many submissions counts for nothing.
"""
