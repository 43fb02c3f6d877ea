"""Returns values that contain themselves, never end, or have a million parts."""
# expect double: 0 wrong_type, memory, timeout
import itertools


def double(x):
    if x.size == 5:
        endless = []
        endless.append(endless)
        return endless
    return itertools.cycle(x) if x.size == 3 else (value for value in itertools.count())


def both(x):
    return dict.fromkeys(range(1_000_000), ())
