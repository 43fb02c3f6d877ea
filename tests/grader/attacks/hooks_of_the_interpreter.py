"""Replaces the hooks that Python calls at errors and at its end, and changes what classes mean."""
# expect double: 0 exception, wrong_value
import gc
import sys
import warnings

sys.excepthook = sys.unraisablehook = sys.displayhook = sys.breakpointhook = lambda *args: print("hooked")
warnings.showwarning = lambda *args: print("warned")
sys.addaudithook(lambda event, args: None)
gc.callbacks.append(lambda phase, info: None)
gc.disable()


class Undying:
    def __del__(self):
        self.__class__.kept = self
        raise ValueError("from the grave")


def double(x):
    Undying()
    warnings.warn("look here")
    return x


def both(x):
    breakpoint()
    return x, x
