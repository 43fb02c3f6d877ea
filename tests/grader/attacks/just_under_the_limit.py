"""Takes three fifths of what a call may take in each call. The topic as a whole has a limit, too."""
# expect walk: 2 passed, timeout
import time

import numpy as np


def walk(slope, x, steps):
    time.sleep(0.3)
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)


class Counter:
    def __init__(self, start):
        time.sleep(0.3)
        self.total = start

    def add(self, amount):
        time.sleep(0.3)
        self.total = self.total + amount
        return self.total
