"""Arrays of kinds that compare in ways of their own: records, dates, text, masked values."""
# expect double: 0 wrong_type
import numpy as np

KINDS = iter(range(100))


def double(x):
    makers = (
        lambda: np.zeros(x.shape, dtype=[("a", float)]),
        lambda: np.zeros(x.shape, dtype="datetime64[s]"),
        lambda: np.array([str(value) for value in x]),
        lambda: np.ma.masked_all(x.shape),
        lambda: np.rec.array([(value,) for value in x]),
    )
    return makers[next(KINDS) % len(makers)]()


def both(x):
    return np.ma.masked_all(x.shape), np.ma.masked_all(x.shape)
