"""Numbers that say one thing when they are converted and another when they are compared: every protocol of a number."""
# expect double: 0 wrong_type
import fractions


class Number:
    def __float__(self):
        return 2.0

    def __index__(self):
        return 2

    __int__ = __index__

    def __complex__(self):
        return 2j

    def __len__(self):
        return 5

    def __getitem__(self, place):
        if place == 5:
            raise IndexError
        return Number()

    def __getattr__(self, name):
        return lambda *_: True


KINDS = iter([Number(), [Number()] * 5, fractions.Fraction(2), range(5)])


def double(x):
    return next(KINDS)


def both(x):
    return (place for place in (x, Number())), Number()
