"""Forward propagation: right answers, written differently."""

from grader.model import Variant

VARIANTS = (
    Variant(
        name="loops",
        says="loops over rows and columns with Python floats",
        code="""
import math


def _each(function, x):
    return np.array([function(float(v)) for v in np.ravel(x)]).reshape(np.shape(x))


def sigmoid(x):
    return _each(lambda v: 1 / (1 + math.exp(-v)) if v > 0 else math.exp(v) / (1 + math.exp(v)), x)


def tanh(x):
    return _each(math.tanh, x)


def relu(x):
    return _each(lambda v: v if v > 0 else 0.0, x)


def softmax(x):
    if x.ndim > 1:
        return np.array([softmax(row) for row in x])
    largest = max(x)
    powers = [math.exp(v - largest) for v in x]
    return np.array([power / sum(powers) for power in powers])


def dense(x, kernel, bias, activation="linear"):
    rows = []
    for row in x:
        units = []
        for unit in range(kernel.shape[1]):
            units.append(sum(row[i] * kernel[i, unit] for i in range(len(row))) + bias[unit])
        rows.append(units)
    z = np.array(rows)
    if activation == "linear":
        return z
    return globals()[activation](z)


def mean_squared_error(y_true, y_pred):
    total = 0.0
    for targets, predictions in zip(y_true, y_pred):
        for t, p in zip(targets, predictions):
            total += (t - p) * (t - p)
    return float(total / y_true.size)


def categorical_crossentropy(y_true, y_pred):
    total = 0.0
    for targets, predictions in zip(y_true, y_pred):
        for t, p in zip(targets, predictions):
            p = min(max(p / sum(predictions), 1e-7), 1 - 1e-7)
            total -= t * math.log(p)
    return total / len(y_true)


def binary_crossentropy(y_true, y_pred):
    total = 0.0
    for t, p in zip(y_true.flatten(), y_pred.flatten()):
        p = min(max(p, 1e-7), 1 - 1e-7)
        total -= t * math.log(p) + (1 - t) * math.log(1 - p)
    return total / y_true.size
""",
    ),
    Variant(
        name="other_forms",
        says="equal forms: sigmoid by tanh and the other way round, np.where, np.matmul, means of row sums",
        code="""
def sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2


def tanh(x):
    return 2 * sigmoid_stable(2 * x) - 1


def sigmoid_stable(x):
    power = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + power), power / (1 + power))


def relu(x):
    return x * (x > 0)


def softmax(x):
    shifted = x - x.max(-1)[..., None]
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1)[..., None]))


def dense(x, kernel, bias, activation="linear"):
    z = np.add(np.matmul(x, kernel), bias.reshape(1, -1))
    if activation == "relu":
        z = relu(z)
    elif activation == "tanh":
        z = tanh(z)
    elif activation == "sigmoid":
        z = sigmoid(z)
    elif activation == "softmax":
        z = softmax(z)
    return z


def forward(x, layers):
    outputs = [x]
    for kernel, bias, activation in layers:
        outputs.append(dense(outputs[-1], kernel, bias, activation))
    return tuple(outputs[1:])


def mean_squared_error(y_true, y_pred):
    return np.mean(np.mean(np.square(y_pred - y_true), axis=-1), axis=0)


def categorical_crossentropy(y_true, y_pred):
    p = np.clip(y_pred / y_pred.sum(axis=-1)[:, None], 1e-7, 1 - 1e-7)
    return np.mean(np.sum(-y_true * np.log(p), axis=-1))


def binary_crossentropy(y_true, y_pred):
    p = np.minimum(np.maximum(y_pred, 1e-7), 1 - 1e-7)
    return np.average(-y_true * np.log(p) - (1 - y_true) * np.log1p(-p))
""",
    ),
    Variant(
        name="in_place_on_own_copies",
        says="copies that are then changed in place",
        code="""
def relu(x):
    out = x.copy()
    out[out < 0] = 0
    return out


def softmax(x):
    out = np.array(x)
    out -= out.max(axis=-1, keepdims=True)
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)
    return out


def dense(x, kernel, bias, activation="linear"):
    z = np.dot(x, kernel)
    z += bias
    return {"linear": lambda z: z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu, "softmax": softmax}[activation](z)


def categorical_crossentropy(y_true, y_pred):
    p = y_pred.copy()
    p /= p.sum(axis=1, keepdims=True)
    p[p < 1e-7] = 1e-7
    p[p > 1 - 1e-7] = 1 - 1e-7
    return -(y_true * np.log(p)).sum() / y_true.shape[0]
""",
    ),
    Variant(
        name="single_precision",
        says="single precision inside the activations, the layers and the squared error",
        edits={
            "return 1 / (1 + np.exp(-x))": "return 1 / (1 + np.exp(-x.astype(np.float32)))",
            "return np.tanh(x)": "return np.tanh(x.astype(np.float32))",
            "powers = np.exp(x - np.max(x, axis=-1, keepdims=True))": (
                "powers = np.exp((x - np.max(x, axis=-1, keepdims=True)).astype(np.float32))"
            ),
            "z = x @ kernel + bias": "z = (x.astype(np.float32) @ kernel.astype(np.float32) + bias).astype(np.float32)",
            "return np.mean((y_true - y_pred) ** 2)": "return np.mean((y_true - y_pred).astype(np.float32) ** 2)",
        },
    ),
    Variant(
        name="constant_inside_the_logarithm",
        says="1e-7 added inside the logarithm instead of clipping",
        edits={
            "    p = np.clip(p, 1e-7, 1 - 1e-7)\n": "",
            "np.sum(y_true * np.log(p))": "np.sum(y_true * np.log(p + 1e-7))",
            "q = np.clip(y_pred, 1e-7, 1 - 1e-7)": "q = y_pred",
            "np.log(q) + (1 - y_true) * np.log(1 - q)": "np.log(q + 1e-7) + (1 - y_true) * np.log(1 - q + 1e-7)",
        },
    ),
    Variant(
        name="textbook_epsilon",
        says="clipping at 1e-12",
        may_lose=(
            "test_categorical_crossentropy_clips_as_keras_does",
            "test_binary_crossentropy_clips_as_keras_does",
        ),
        edits={
            "p = np.clip(p, 1e-7, 1 - 1e-7)": "p = np.clip(p, 1e-12, 1 - 1e-12)",
            "q = np.clip(y_pred, 1e-7, 1 - 1e-7)": "q = np.clip(y_pred, 1e-12, 1 - 1e-12)",
        },
    ),
    Variant(
        name="predictions_taken_as_they_are",
        says="no division by the sum of a row",
        may_lose=("test_rows_that_do_not_sum_to_one_are_scaled_as_in_keras",),
        edits={
            "p = y_pred / np.sum(y_pred, axis=1, keepdims=True)": "p = y_pred",
            "-np.sum(y_true * np.log(p)) / len(p)": "-np.sum(y_true * np.log(p)) / y_pred.shape[0]",
        },
    ),
)
