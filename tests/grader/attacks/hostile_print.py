"""Right answers, with printed text that a terminal, a page or a spreadsheet would obey."""
# expect double: 4 passed
TEXT = "\x1b[2J\x1b]0;owned\x07=HYPERLINK(\"http://x\")<script>alert(1)</script>[bold red]\u202e\0\udcff\r\n+1\t"


def double(x):
    print(TEXT * 100)
    return 2.0 * x


def both(x):
    print(TEXT, end="")
    return x, 2.0 * x
