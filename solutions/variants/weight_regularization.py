"""Right answers to weight regularisation, written differently."""

from grader.model import Variant

VARIANTS = (
    Variant(
        name="loops",
        says="weight regularisation in plain loops over Python numbers",
        code="""
def l1_penalty(w, l1):
    total = 0.0
    for value in np.asarray(w).ravel().tolist():
        total += value if value > 0 else -value
    return l1 * total


def l2_penalty(w, l2):
    total = 0.0
    for value in np.asarray(w).ravel().tolist():
        total += value * value
    return l2 * total


def penalty_gradient(w, l1=0.0, l2=0.0):
    slopes = []
    for value in w.ravel().tolist():
        direction = (value > 0) - (value < 0)
        slopes.append(l1 * direction + l2 * value + l2 * value)
    return np.array(slopes, dtype=float).reshape(w.shape)


def network_penalty(layers, l1=0.0, l2=0.0):
    total = 0.0
    for layer in layers:
        total += l1_penalty(layer[0], l1)
        total += l2_penalty(layer[0], l2)
    return total


def regularized_loss(x, y, w, b, l1=0.0, l2=0.0):
    total = 0.0
    for row, target in zip(x, y):
        prediction = b
        for value, weight in zip(row, w):
            prediction += value * weight
        total += (prediction - target) ** 2
    return total / len(y) + l1_penalty(w, l1) + l2_penalty(w, l2)


def regularized_step(x, y, w, b, learning_rate, l1=0.0, l2=0.0):
    dw, db = penalty_gradient(w, l1, l2).tolist(), 0.0
    for row, target in zip(x, y):
        slope = 2 * (float(np.dot(row, w)) + b - target) / len(y)
        db += slope
        for column, value in enumerate(row):
            dw[column] += slope * value
    return np.array([value - learning_rate * d for value, d in zip(w, dw)]), b - learning_rate * db
""",
    ),
    Variant(
        name="dot_products",
        says="weight regularisation with dot products, norms of flat arrays and matmul",
        edits={
            "return l1 * np.sum(np.abs(w))": "return float(l1 * np.linalg.norm(np.ravel(w), ord=1))",
            "return l2 * np.sum(np.square(w))": "flat = np.ravel(w)\n    return l2 * np.matmul(flat, flat)",
            "return l1 * np.sign(w) + 2 * l2 * w": (
                "gradient = np.zeros(w.shape)\n    gradient[w > 0] += l1\n    gradient[w < 0] -= l1\n"
                "    gradient += (l2 + l2) * w\n    return gradient"
            ),
            "dw = 2 * x.T @ error / len(x) + penalty_gradient(w, l1, l2)": (
                "dw = np.matmul(error, x) * (2 / error.size)\n    dw += penalty_gradient(w, l1, l2)"
            ),
        },
    ),
    Variant(
        name="weight_decay",
        says="a step that shrinks the weights and then follows the data loss",
        edits={
            "dw = 2 * x.T @ error / len(x) + penalty_gradient(w, l1, l2)": (
                "dw = 2 * np.mean(error[:, None] * x, axis=0)\n"
                "    w = (1 - 2 * learning_rate * l2) * w - learning_rate * l1 * np.sign(w)"
            ),
        },
    ),
    Variant(
        name="one_array_of_everything",
        says="a network penalty over one flat array, and a loss that goes through it",
        edits={
            "return sum(l1_penalty(kernel, l1) + l2_penalty(kernel, l2) for kernel, bias in layers)": (
                "everything = np.concatenate([kernel.reshape(-1) for kernel, _ in layers])\n"
                "    return l1 * abs(everything).sum() + l2 * everything.dot(everything)"
            ),
            "return np.mean(error**2) + l1_penalty(w, l1) + l2_penalty(w, l2)": (
                "return error @ error / len(error) + network_penalty([(w, b)], l1=l1, l2=l2)"
            ),
        },
    ),
    Variant(
        name="copies_and_running_mean",
        says="training on copies, with batches by array_split and a running mean of losses",
        code="""
def fit_regularized(x, y, w, b, learning_rate, epochs, batch_size, l1=0.0, l2=0.0):
    w, history = np.array(w, dtype=np.float64), []
    cuts = list(range(batch_size, len(x), batch_size))
    for epoch in range(epochs):
        seen, running = 0, 0.0
        for rows in np.split(np.arange(len(x)), cuts):
            errors = np.dot(x[rows], w) + b - y[rows]
            loss = np.square(errors).mean() + l1 * np.abs(w).sum() + l2 * (w * w).sum()
            seen += len(rows)
            running += (loss - running) * len(rows) / seen
            w -= learning_rate * (2 / len(rows) * errors.dot(x[rows]) + l1 * np.sign(w) + 2 * l2 * w)
            b = b - learning_rate * 2 * errors.mean()
        history.append(running)
    return w, b, np.asarray(history)
""",
    ),
    Variant(
        name="single_precision",
        says="penalties and gradients in single precision",
        edits={
            "return l1 * np.sum(np.abs(w))": "return l1 * np.sum(np.abs(w.astype(np.float32)))",
            "return l2 * np.sum(np.square(w))": "return l2 * np.sum(np.square(w.astype(np.float32)))",
            "return l1 * np.sign(w) + 2 * l2 * w": (
                "w = w.astype(np.float32)\n    return np.float32(l1) * np.sign(w) + np.float32(2 * l2) * w"
            ),
        },
    ),
    Variant(
        name="subgradient_of_one_at_zero",
        says="an L1 gradient of 1 at zero",
        may_lose=("test_gradient_at_zero_follows_keras",),
        edits={"return l1 * np.sign(w) + 2 * l2 * w": "return l1 * np.where(w < 0, -1.0, 1.0) + 2 * l2 * w"},
    ),
    Variant(
        name="one_half_throughout",
        says="L2 with a factor 1/2 in the penalty and in its gradient",
        may_lose=("test_l2_penalty_follows_keras", "test_l2_gradient_follows_keras"),
        edits={
            "return l2 * np.sum(np.square(w))": "return 0.5 * l2 * np.sum(np.square(w))",
            "return l1 * np.sign(w) + 2 * l2 * w": "return l1 * np.sign(w) + l2 * w",
        },
    ),
)
