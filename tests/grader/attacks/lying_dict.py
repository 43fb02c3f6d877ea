"""A dict whose items are not what it holds."""
# expect double: 0 wrong_type


class Dict(dict):
    def items(self):
        return [("w", 1.0), ("w", 2.0), ("__class__", dict)]

    def __len__(self):
        return 5

    def keys(self):
        return range(5)


def double(x):
    return Dict(enumerate(2.0 * x))


def both(x):
    return Dict(x=x)
