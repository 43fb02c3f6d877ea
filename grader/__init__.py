"""deepgrade: auto-graded exercises on optimising and regularising deep neural networks."""

__version__ = "0.1.0"
