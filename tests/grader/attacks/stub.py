"""What a student starts from: earns nothing."""
# expect double: 0 not_implemented
import numpy as np


def double(x):
    """Twice x, a new array."""
    # YOUR CODE HERE
    raise NotImplementedError()


def both(x):
    """x and twice x."""
    # YOUR CODE HERE
    raise NotImplementedError()
