"""Right answers to gradient descent, written differently."""

from grader.model import Variant

_UPDATE = "return w - learning_rate * gradient"
_BATCHES = """    starts = range(0, len(x), batch_size)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]
"""
_GRADIENT = """    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * np.mean(error)
"""

VARIANTS = (
    Variant(
        name="named_functions",
        says="NumPy's functions instead of operators",
        edits={
            _UPDATE: "return np.subtract(w, np.multiply(gradient, learning_rate))",
            "error = x @ w + b - y": "error = np.add(np.matmul(x, w), b) - y",
        },
    ),
    Variant(
        name="in_place_on_its_own_copy",
        says="an update of a copy in place",
        edits={
            _UPDATE: "w = np.array(w, dtype=float)\n    w -= learning_rate * np.asarray(gradient)\n    return w",
        },
    ),
    Variant(
        name="loops_over_rows_and_features",
        says="sums by hand, row by row and feature by feature",
        edits={
            _GRADIENT: (
                "    n, d = x.shape\n"
                "    dw, db = np.zeros(d), 0.0\n"
                "    for i in range(n):\n"
                "        error = sum(float(x[i, j]) * float(w[j]) for j in range(d)) + float(b) - float(y[i])\n"
                "        for j in range(d):\n"
                "            dw[j] += 2.0 / n * error * x[i, j]\n"
                "        db += 2.0 / n * error\n"
                "    return dw, db\n"
            )
        },
    ),
    Variant(
        name="array_made_beforehand",
        says="a trajectory that is filled row by row",
        edits={
            "    trajectory = [w]\n": "    trajectory = np.zeros((steps + 1, *np.shape(w)))\n    trajectory[0] = w\n",
            "    for _ in range(steps):\n        w = sgd_update(w, gradient(w), learning_rate)\n": (
                "    for step in range(steps):\n        w = sgd_update(w, gradient(w), learning_rate)\n"
            ),
            "        trajectory.append(w)\n    return np.array(trajectory)": (
                "        trajectory[step + 1] = w\n    return trajectory"
            ),
        },
    ),
    Variant(
        name="batches_from_a_generator",
        says="batches that are yielded one by one",
        edits={
            _BATCHES: (
                "    for i in range(0, len(x), batch_size):\n"
                "        yield x[i : i + batch_size], y[i : i + batch_size]\n"
            )
        },
    ),
    Variant(
        name="whole_number_arithmetic",
        says="batches counted by floor division",
        edits={"epochs * math.ceil(samples / batch_size)": "epochs * ((samples + batch_size - 1) // batch_size)"},
    ),
    Variant(
        name="single_precision_inside",
        says="the gradient computed in float32",
        edits={
            "error = x @ w + b - y": (
                "x, w, y = (np.asarray(value, dtype=np.float32) for value in (x, w, y))\n    error = x @ w + b - y"
            )
        },
    ),
)
