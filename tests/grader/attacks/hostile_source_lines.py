"""Lines that are shown with an error: escapes, formulas, and a line number of another file."""
# expect double: 0 exception


def double(x):
    raise ValueError("=1+1")  # [2J]0;title‮<script>alert(1)</script>[link=http://x]


exec(compile("\n" * 5000 + "def both(x):\n    1/0\n", "double.py", "exec"))
