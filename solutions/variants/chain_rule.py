"""The chain rule: right answers, written differently."""

from grader.model import Variant

VARIANTS = (
    Variant(
        name="tables",
        says="tables of functions instead of if, and NumPy's names for every operation",
        code="""
_SLOPES = {"exp": np.exp, "log": np.reciprocal, "sin": np.cos, "cos": lambda x: np.multiply(-1.0, np.sin(x))}
_PAIRS = {
    "add": lambda a, b: (a * 0 + 1, b * 0 + 1),
    "multiply": lambda a, b: (b, a),
    "divide": lambda a, b: (np.divide(1, b), np.divide(np.negative(a), np.square(b))),
}


def derivative(name, x):
    return _SLOPES[name](x)


def power_derivative(x, exponent):
    return np.multiply(exponent, np.power(x, exponent - 1.0))


def partial_derivatives(name, a, b):
    return list(_PAIRS[name](a, b))


def chain(names, x):
    values = [x]
    for name in names:
        values.append(getattr(np, name)(values[-1]))
    slopes = [derivative(name, value) for name, value in zip(names, values)]
    return [values[-1], np.prod(slopes)]
""",
    ),
    Variant(
        name="textbook_forms",
        says="the quotient rule, x**c / x, sine for cosine and the derivative of a product by logarithms",
        code="""
def derivative(name, x):
    if name == "exp":
        return np.e**x
    if name == "log":
        return x**-1.0
    if name == "sin":
        return np.sin(x + np.pi / 2)
    return np.cos(x + np.pi / 2)


def power_derivative(x, exponent):
    return exponent * x**exponent / x


def partial_derivatives(name, a, b):
    if name == "add":
        return b / b, a / a
    if name == "multiply":
        return a * b / a, a * b / b
    return (1 * b - a * 0) / (b * b), (0 * b - a * 1) / (b * b)


def chain(names, x):
    if not names:
        return x, 1
    *inner, last = names
    value, slope = chain(inner, x)
    return getattr(np, last)(value), derivative(last, value) * slope
""",
    ),
    Variant(
        name="arrays",
        says="NumPy arrays for the values and the gradients of a tape",
        code="""
def forward(tape, inputs):
    n = len(inputs)
    values = np.zeros(n + len(tape))
    values[:n] = inputs
    for k, operation in enumerate(tape):
        name = operation[0]
        a = values[operation[1]]
        if name == "power":
            values[n + k] = np.power(a, float(operation[2]))
        elif len(operation) == 3:
            values[n + k] = getattr(np, name)(a, values[operation[2]])
        else:
            values[n + k] = getattr(np, name)(a)
    return values


def backward(tape, values):
    values = np.asarray(values, dtype=float)
    gradients = np.zeros_like(values)
    gradients[-1] = 1
    for back, operation in enumerate(tape[::-1], start=1):
        g = gradients[-back]
        name, operands = operation[0], list(operation[1:])
        if name == "power":
            gradients[operands[0]] += g * power_derivative(values[operands[0]], operands[1])
        elif len(operands) == 1:
            gradients[operands] += g * derivative(name, values[operands])
        else:
            shares = partial_derivatives(name, values[operands[0]], values[operands[1]])
            np.add.at(gradients, operands, g * np.array(shares))
    return gradients


def descend(tape, inputs, trainable, learning_rate, steps):
    walk = np.empty((steps + 1, len(inputs)))
    walk[0] = inputs
    moves = np.isin(np.arange(len(inputs)), trainable)
    for t in range(steps):
        gradient = backward(tape, forward(tape, walk[t]))[: len(inputs)]
        walk[t + 1] = walk[t] - learning_rate * gradient * moves
    return walk
""",
    ),
    Variant(
        name="recursion",
        says="for every position the sum over those who read it, by recursion and without a running total",
        code="""
import math


def forward(tape, inputs):
    values = list(map(float, inputs))
    for name, *rest in tape:
        if name == "add":
            values.append(values[rest[0]] + values[rest[1]])
        elif name == "multiply":
            values.append(values[rest[0]] * values[rest[1]])
        elif name == "divide":
            values.append(values[rest[0]] / values[rest[1]])
        elif name == "power":
            values.append(math.pow(values[rest[0]], rest[1]))
        else:
            values.append(getattr(math, name)(values[rest[0]]))
    return tuple(values)


def backward(tape, values):
    n = len(values) - len(tape)
    known = {}

    def share(name, rest, k):
        total = 0.0
        if name == "power":
            total += power_derivative(values[k], rest[1]) * (rest[0] == k)
        elif len(rest) == 1:
            total += derivative(name, values[k]) * (rest[0] == k)
        else:
            for position, slope in zip(rest, partial_derivatives(name, values[rest[0]], values[rest[1]])):
                total += slope * (position == k)
        return total

    def gradient(k):
        if k == len(values) - 1:
            return 1.0
        if k not in known:
            known[k] = 0.0
            for later, (name, *rest) in enumerate(tape, start=n):
                positions = rest[:1] if name == "power" else rest
                if k in positions:
                    known[k] += gradient(later) * share(name, rest, k)
        return known[k]

    return [float(gradient(k)) for k in range(len(values))]
""",
    ),
    Variant(
        name="forward_accumulation",
        says="forward accumulation, once for every position",
        code="""
def backward(tape, values):
    n = len(values) - len(tape)
    gradients = []
    for source in range(len(values)):
        dots = [1.0 if k == source else 0.0 for k in range(n)]
        for k, (name, *rest) in enumerate(tape, start=n):
            if name == "power":
                dot = dots[rest[0]] * power_derivative(values[rest[0]], rest[1])
            elif len(rest) == 1:
                dot = dots[rest[0]] * derivative(name, values[rest[0]])
            else:
                a, b = rest
                da, db = partial_derivatives(name, values[a], values[b])
                dot = dots[a] * da + dots[b] * db
            dots.append(1.0 if k == source else dot)
        gradients.append(dots[-1])
    return gradients


def descend(tape, inputs, trainable, learning_rate, steps):
    x = np.array(inputs, dtype=float)
    trajectory = [x.copy()]
    while len(trajectory) <= steps:
        gradients = np.array(backward(tape, forward(tape, x)))
        x[trainable] -= learning_rate * gradients[trainable] if trainable else 0.0
        trajectory.append(x.copy())
    return np.stack(trajectory)
""",
    ),
    Variant(
        name="single_precision",
        says="single precision inside derivatives and tapes",
        edits={
            "        return np.exp(x)\n": "        return np.exp(np.float32(x))\n",
            "        return 1 / x\n": "        return 1 / np.float32(x)\n",
            "        return np.cos(x)\n": "        return np.cos(np.float32(x))\n",
            "    return -np.sin(x)\n": "    return -np.sin(np.float32(x))\n",
            "return exponent * x ** (exponent - 1)": "return exponent * np.float32(x) ** (exponent - 1)",
            "values = [float(number) for number in inputs]": "values = [np.float32(number) for number in inputs]",
        },
    ),
    Variant(
        name="own_copies_in_place",
        says="a copy of the inputs that moves in place, and a reversed copy of the tape",
        code="""
def forward(tape, inputs):
    values = [*inputs]
    for operation in tape:
        if operation[0] == "power":
            values += [values[operation[1]] ** operation[2]]
        else:
            values += [getattr(np, operation[0])(*(values[i] for i in operation[1:]))]
    return values


def descend(tape, inputs, trainable, learning_rate, steps):
    x = inputs.copy()
    trajectory = [x.copy()]
    for _ in range(steps):
        gradients = backward(tape, forward(tape, x))
        for i in set(trainable):
            x[i] -= learning_rate * gradients[i]
        trajectory.append(x[:])
    return np.array(trajectory, dtype=float)
""",
    ),
    Variant(
        name="none_without_influence",
        says="None where GradientTape answers None",
        edits={
            "gradients = [0.0] * len(values)": "gradients = [None] * len(values)",
            "    for k in reversed(range(first, len(values))):\n": (
                "    for k in reversed(range(first, len(values))):\n"
                "        if gradients[k] is None:\n            continue\n"
            ),
            "gradients[i] += gradients[k] * power_derivative(values[i], rest[0])": (
                "gradients[i] = (gradients[i] or 0.0) + gradients[k] * power_derivative(values[i], rest[0])"
            ),
            "gradients[i] += gradients[k] * da": "gradients[i] = (gradients[i] or 0.0) + gradients[k] * da",
            "gradients[j] += gradients[k] * db": "gradients[j] = (gradients[j] or 0.0) + gradients[k] * db",
            "gradients[i] += gradients[k] * derivative(name, values[i])": (
                "gradients[i] = (gradients[i] or 0.0) + gradients[k] * derivative(name, values[i])"
            ),
        },
        may_lose=("test_values_without_influence_have_the_gradient_0",),
    ),
)
