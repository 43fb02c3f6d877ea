"""A module that has every name, and objects that have every method."""
# expect walk: 0 wrong_type


class Anything:
    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()


def __getattr__(name):
    return Anything()
