"""Raises what is hard to show: endless texts, texts that raise, names of a megabyte, escapes, formulas, HTML."""
# expect double: 0 exception
HTML = '<script>fetch("//x")</script><img src=x onerror=alert(1)>'
FORMULA = '=HYPERLINK("http://x","click")\n+1\t@SUM(1+1)*cmd|\' /C calc\'!A0'
ESCAPES = "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x07\x9b31m\u202e\u200b\udcff\0"


class Hostile(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def double(x):
    name = (FORMULA + HTML + ESCAPES) * 10_000
    raise type(name.replace("\0", "").encode("utf-8", "replace").decode(), (Exception,), {})(name)


def both(x):
    try:
        raise Hostile
    except Hostile as error:
        error.add_note("note" * 1_000_000)
        raise ExceptionGroup("many", [error] * 1000) from error
