"""Reaches everything that is reachable from an empty tuple, without one import."""
# expect double: 0 wrong_value
FOUND = [kind for kind in ().__class__.__base__.__subclasses__() if "Loader" in kind.__name__ or kind.__name__ == "Popen"]
for kind in FOUND:
    for name in ("get_data", "load_module", "get_source"):
        try:
            print(getattr(kind("x", "@COURSE@/solutions/double.py"), name)("@COURSE@/solutions/double.py"))
        except BaseException:
            continue


def double(x):
    return x


def both(x):
    return x, x
