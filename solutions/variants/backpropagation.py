"""Right answers to backpropagation, written differently."""

from grader.model import Variant

_CONVENTION = ("test_the_numerical_gradient_looks_to_both_sides",)

VARIANTS = (
    Variant(
        name="loops_over_rows_and_units",
        says="loops in place of matrix products",
        code="""
def dense_backward(dz, h, w):
    n, outputs = dz.shape
    inputs = h.shape[1]
    dw, db, dh = np.zeros((inputs, outputs)), np.zeros(outputs), np.zeros((n, inputs))
    for row in range(n):
        for out in range(outputs):
            db[out] += dz[row, out]
            for i in range(inputs):
                dw[i, out] += h[row, i] * dz[row, out]
                dh[row, i] += dz[row, out] * w[i, out]
    return dw, db, dh


def activation_backward(dh, h, activation):
    dz = np.empty(dh.shape)
    for index, value in np.ndenumerate(h):
        slope = {"sigmoid": value * (1 - value), "tanh": 1 - value * value, "relu": 1.0 if value > 0 else 0.0}
        dz[index] = dh[index] * slope[activation]
    return dz
""",
    ),
    Variant(
        name="products_by_other_names",
        says="np.dot, np.matmul and np.einsum, lists for the triple",
        code="""
def dense_backward(dz, h, w):
    return [np.einsum("ni,no->io", h, dz), np.matmul(np.ones(len(dz)), dz), np.dot(dz, np.transpose(w))]
""",
    ),
    Variant(
        name="outer_products_summed",
        says="one outer product per row, with np.where and np.heaviside for relu",
        code="""
def dense_backward(dz, h, w):
    dw = sum(np.outer(one, other) for one, other in zip(h, dz))
    return dw, np.add.reduce(dz), np.stack([w @ row for row in dz])


def activation_backward(dh, h, activation):
    if activation == "relu":
        return np.where(h > 0, dh, 0.0)
    return dh * (h - h**2) if activation == "sigmoid" else dh - dh * np.square(h)
""",
    ),
    Variant(
        name="softmax_by_its_jacobian",
        says="cross-entropy and softmax differentiated one after the other",
        code="""
def loss_backward(prediction, y, loss):
    n, k = prediction.shape
    if loss == "mse":
        return (prediction - y) * (2 / (n * k))
    dp = -y / prediction / n
    dz = np.empty((n, k))
    for row, p in enumerate(prediction):
        dz[row] = (np.diag(p) - np.outer(p, p)) @ dp[row]
    return dz
""",
    ),
    Variant(
        name="one_taken_off_at_the_label",
        says="the label looked up with argmax, in a copy",
        code="""
def loss_backward(prediction, y, loss):
    if loss == "mse":
        return np.multiply(2.0 / prediction.size, np.subtract(prediction, y))
    dz = prediction.copy()
    dz[np.arange(len(dz)), y.argmax(axis=1)] -= 1
    dz /= len(dz)
    return dz
""",
    ),
    Variant(
        name="mean_taken_at_the_end",
        says="the 1/n in the parameters' gradients in place of dz, and no helper used",
        code="""
def backpropagate(outputs, y, weights, activation, loss):
    n = len(y)
    delta = outputs[-1] - y
    if loss == "mse":
        delta = delta * 2 / y.shape[1]
    dws, dbs = [None] * len(weights), [None] * len(weights)
    layer = len(weights) - 1
    while True:
        dws[layer] = np.dot(outputs[layer].T, delta) / n
        dbs[layer] = delta.mean(axis=0)
        if layer == 0:
            return dws, dbs
        h = outputs[layer]
        slope = {"sigmoid": h * (1 - h), "tanh": 1 - h * h, "relu": (h > 0).astype(float)}[activation]
        delta = np.dot(delta, weights[layer].T) * slope
        layer -= 1
""",
    ),
    Variant(
        name="columns_are_examples",
        says="everything transposed inside; tuples in place of lists",
        code="""
def backpropagate(outputs, y, weights, activation, loss):
    columns = [h.T for h in outputs]
    delta = loss_backward(outputs[-1], y, loss).T
    dws, dbs = (), ()
    for layer in range(len(weights) - 1, -1, -1):
        dws = ((delta @ columns[layer].T).T, *dws)
        dbs = (np.sum(delta, axis=1), *dbs)
        delta = activation_backward(weights[layer] @ delta, columns[layer], activation)
    return dws, dbs
""",
    ),
    Variant(
        name="recursion",
        says="a recursion over the layers",
        code="""
def backpropagate(outputs, y, weights, activation, loss):
    def walk(outputs, weights, dz):
        dw, db, dh = dense_backward(dz, outputs[-2], weights[-1])
        if len(weights) == 1:
            return [dw], [db]
        dws, dbs = walk(outputs[:-1], weights[:-1], activation_backward(dh, outputs[-2], activation))
        return dws + [dw], dbs + [db]

    return walk(list(outputs), list(weights), loss_backward(outputs[-1], y, loss))
""",
    ),
    Variant(
        name="single_precision",
        says="float32 inside the way back",
        code="""
def dense_backward(dz, h, w):
    dz, h, w = (np.asarray(a, dtype=np.float32) for a in (dz, h, w))
    return h.T @ dz, dz.sum(axis=0), dz @ w.T


def loss_backward(prediction, y, loss):
    error = (prediction - y).astype(np.float32)
    return 2 * error / error.size if loss == "mse" else error / len(error)
""",
    ),
    Variant(
        name="flat_numerical_gradient",
        says="a numerical gradient over a flat copy whose elements are put back",
        code="""
def numerical_gradient(f, w, epsilon=1e-5):
    flat = np.array(w, dtype=float).ravel()
    slopes = []
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + epsilon
        above = f(flat.reshape(w.shape))
        flat[i] = old - epsilon
        below = f(flat.reshape(w.shape))
        flat[i] = old
        slopes.append((above - below) / 2 / epsilon)
    return np.array(slopes).reshape(w.shape)


def gradient_check(f, w, gradient, epsilon=1e-5):
    numerical = numerical_gradient(f, w, epsilon)
    difference = np.sum((gradient - numerical) ** 2) ** 0.5
    if difference == 0:
        return 0
    return float(difference / (np.sum(gradient**2) ** 0.5 + np.sum(numerical**2) ** 0.5))
""",
    ),
    Variant(
        name="five_point_formula",
        says="a more exact difference",
        code="""
def numerical_gradient(f, w, epsilon=1e-5):
    gradient = np.empty(w.shape)
    for index in np.ndindex(*w.shape):
        e = np.zeros(w.shape)
        e[index] = epsilon
        gradient[index] = (8 * (f(w + e) - f(w - e)) - f(w + 2 * e) + f(w - 2 * e)) / (12 * epsilon)
    return gradient
""",
        may_lose=_CONVENTION,
    ),
    Variant(
        name="half_an_epsilon_to_either_side",
        says="half an epsilon to either side",
        edits={"step[index] = epsilon": "step[index] = epsilon / 2", "/ (2 * epsilon)\n": "/ epsilon\n"},
        may_lose=_CONVENTION,
    ),
    Variant(
        name="tiny_number_in_the_divisor",
        says="a tiny number in the divisor in place of a question",
        edits={
            "return np.linalg.norm(gradient - numerical) / lengths if lengths > 0 else 0.0": (
                "return np.linalg.norm(gradient - numerical) / (lengths + 1e-12)"
            )
        },
    ),
    Variant(
        name="own_copies_updated_in_place",
        says="copies that are updated in place, and losses collected row by row",
        code="""
def train_step(x, y, weights, biases, activation, loss, learning_rate):
    weights, biases = [w.copy() for w in weights], [b.copy() for b in biases]
    outputs = forward(x, weights, biases, activation, loss)
    value = loss_value(outputs[-1], y, loss)
    for w, b, dw, db in zip(weights, biases, *backpropagate(outputs, y, weights, activation, loss)):
        w -= learning_rate * dw
        b -= learning_rate * db
    return [weights, biases, float(value)]


def fit(x, y, weights, biases, activation, loss, learning_rate, epochs, batch_size):
    history = np.zeros(epochs)
    for epoch in range(epochs):
        first = 0
        while first < len(x):
            last = min(first + batch_size, len(x))
            settings = (activation, loss, learning_rate)
            weights, biases, value = train_step(x[first:last], y[first:last], weights, biases, *settings)
            history[epoch] += value * (last - first) / len(x)
            first = last
    return weights, biases, history
""",
    ),
)
