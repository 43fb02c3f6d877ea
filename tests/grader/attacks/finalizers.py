"""Objects that act when they are let go of: they raise, print without end, come back to life, and never finish."""
# expect double: 0 wrong_value, timeout, crashed
import gc
import os
import weakref

KEPT = []


class Undead:
    def __del__(self):
        KEPT.append(self)
        print("still here" * 10_000)
        raise SystemExit(0)


class Endless:
    def __del__(self):
        while True:
            pass


def double(x):
    Undead()
    gc.callbacks.append(lambda *_: KEPT.append(bytearray(10)))
    return x


def both(x):
    loop = [Endless()]
    loop.append(loop)
    weakref.finalize(loop[0], os._exit, 0)
    del loop
    gc.collect()
    return x, x
