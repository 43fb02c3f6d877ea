"""Whole numbers whose value is another one each time, and a text that pretends to be a number."""
# expect walk: 0 wrong_type, wrong_value


class Changing(int):
    count = 0

    def __int__(self):
        Changing.count += 1
        return Changing.count

    __index__ = __int__


class Text(str):
    def __float__(self):
        return 15.0

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def walk(slope, x, steps):
    return [Changing(value) for value in range(steps + 1)]


class Counter:
    def __init__(self, start):
        self.start = start

    def add(self, amount):
        return Text("15.0")
