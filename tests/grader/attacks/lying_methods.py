"""An object with the methods that NumPy's functions call on objects: np.sin(answer) would ask answer.sin()."""
# expect double: 0 wrong_type


class Helpful:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: 0.0


def double(x):
    return Helpful()


def both(x):
    return Helpful(), Helpful()
