"""Asks the function that it was given again and again."""
# expect walk: 0 timeout, not_implemented


def walk(slope, x, steps):
    while True:
        x = slope(x)
