"""Names of functions, classes and arguments that a terminal, a page or a spreadsheet would obey."""
# expect double: 0 wrong_type
ESCAPE = "\x1b[2J=1+1<b>[bold]\u202e\n"


class Thing:
    pass


Thing.__name__ = Thing.__qualname__ = ESCAPE


def double(x):
    return Thing()


def both(x):
    def inner():
        pass

    inner.__name__ = ESCAPE
    return inner, inner


double.__name__ = double.__qualname__ = ESCAPE
double.__code__ = double.__code__.replace(co_name=ESCAPE, co_filename="/etc/passwd", co_varnames=(ESCAPE,))
