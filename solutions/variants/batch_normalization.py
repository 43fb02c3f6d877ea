"""Right answers to batch normalisation, written differently."""

from grader.model import Variant

_STATISTICS = """axes = tuple(range(x.ndim - 1))
    mean = np.mean(x, axis=axes)
    return mean, np.mean((x - mean) ** 2, axis=axes)"""
_NORMALIZE = "return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta"
_MOVING = "return momentum * moving + (1 - momentum) * batch"
_DX = "dx = gamma / deviation * (dy - dbeta / count - x_hat * dgamma / count)"

VARIANTS = (
    Variant(
        name="rows_of_features",
        says="everything flattened to a table first, NumPy's own variance, and one factor and one offset per feature",
        edits={
            _STATISTICS: (
                "rows = x.reshape(-1, x.shape[-1])\n    return [rows.mean(axis=0), rows.var(axis=0, ddof=0)]"
            ),
            _NORMALIZE: (
                "factor = gamma * (variance + epsilon) ** -0.5\n    return x * factor + (beta - mean * factor)"
            ),
            _MOVING: "return moving + (1 - momentum) * (batch - moving)",
        },
    ),
    Variant(
        name="loops",
        says="statistics and normalisation in plain loops over the features",
        code="""
def batch_statistics(x):
    means, variances = [], []
    for feature in range(x.shape[-1]):
        column = x[..., feature].ravel().tolist()
        mean = sum(column) / len(column)
        means.append(mean)
        variances.append(sum((value - mean) ** 2 for value in column) / len(column))
    return np.array(means), np.array(variances)


def normalize(x, mean, variance, gamma, beta, epsilon=0.001):
    y = np.empty(x.shape)
    for feature in range(x.shape[-1]):
        scale = gamma[feature] / (variance[feature] + epsilon) ** 0.5
        y[..., feature] = [scale * (value - mean[feature]) + beta[feature] for value in x[..., feature]]
    return y


def update_moving(moving, batch, momentum=0.99):
    return np.array([old * momentum + new * (1.0 - momentum) for old, new in zip(moving, batch)])
""",
    ),
    Variant(
        name="backward_step_by_step",
        says="a backward pass along the graph: product, deviation, variance, mean",
        code="""
def batch_norm_backward(dy, x, gamma, epsilon=0.001):
    shape = x.shape
    x, dy = x.reshape(-1, shape[-1]), dy.reshape(-1, shape[-1])
    n = len(x)
    centred = x - x.sum(axis=0) / n
    variance = np.sum(centred * centred, axis=0) / n
    inverse = 1.0 / np.sqrt(variance + epsilon)
    dx_hat = dy * gamma
    dvariance = np.sum(dx_hat * centred, axis=0) * -0.5 * inverse**3
    dmean = -np.sum(dx_hat * inverse, axis=0) + dvariance * np.mean(-2.0 * centred, axis=0)
    dx = dx_hat * inverse + dvariance * 2.0 * centred / n + dmean / n
    return [dx.reshape(shape), np.einsum("nf,nf->f", dy, centred) * inverse, dy.sum(axis=0)]
""",
    ),
    Variant(
        name="means_in_the_backward_pass",
        says="a backward pass with means, and with the moving averages changed in place on copies",
        edits={
            _DX: (
                "dx_hat = dy * gamma\n"
                "    dx = dx_hat - dx_hat.mean(axis=axes) - x_hat * (dx_hat * x_hat).mean(axis=axes)\n"
                "    dx = dx / deviation"
            ),
            _MOVING: (
                "moving = 1.0 * moving\n    moving *= momentum\n    moving += (1 - momentum) * batch\n    return moving"
            ),
        },
    ),
    Variant(
        name="network_by_hand",
        says="a network that works on copies, with matmul and a column of predictions",
        code="""
import copy


def train_step(x, y, weights, learning_rate, momentum=0.99, epsilon=0.001):
    new = copy.deepcopy(weights)
    z = np.matmul(x, new["kernel"])
    normal, new["moving_mean"], new["moving_variance"] = batch_norm(
        z, new["gamma"], new["beta"], new["moving_mean"], new["moving_variance"], training=True, momentum=momentum,
        epsilon=epsilon,
    )
    h = np.where(normal > 0, normal, 0.0)
    column = new["output_kernel"].reshape(-1, 1)
    prediction = np.matmul(h, column) + new["output_bias"]
    slope = (prediction - y.reshape(-1, 1)) * 2 / len(y)
    dh = np.matmul(slope, column.T)
    dh[normal <= 0] = 0.0
    dz, dgamma, dbeta = batch_norm_backward(dh, z, new["gamma"], epsilon)
    loss = float(np.mean(np.square(prediction[:, 0] - y)))
    new["output_kernel"] -= learning_rate * np.matmul(slope.T, h)[0]
    new["output_bias"] = new["output_bias"] - learning_rate * np.sum(slope, axis=0)[0]
    new["kernel"] = new["kernel"] - learning_rate * np.matmul(x.T, dz)
    new["gamma"] = new["gamma"] - learning_rate * dgamma
    new["beta"] = new["beta"] - learning_rate * dbeta
    return [new, loss]


def fit(x, y, weights, learning_rate, epochs, batch_size, momentum=0.99, epsilon=0.001):
    history = np.zeros(epochs)
    for epoch in range(epochs):
        losses, sizes = [], []
        for rows in np.array_split(np.arange(len(x)), range(batch_size, len(x), batch_size)):
            weights, loss = train_step(x[rows], y[rows], weights, learning_rate, momentum, epsilon)
            losses.append(loss)
            sizes.append(len(rows))
        history[epoch] = np.average(losses, weights=sizes)
    return weights, history


def predict(x, weights, epsilon=0.001):
    z = x @ weights["kernel"]
    deviation = np.sqrt(weights["moving_variance"] + epsilon)
    normal = (z - weights["moving_mean"]) / deviation * weights["gamma"] + weights["beta"]
    return np.array([row @ weights["output_kernel"] for row in normal.clip(min=0)]) + weights["output_bias"]
""",
    ),
    Variant(
        name="epsilon_outside_the_root",
        says="epsilon added to the deviation",
        edits={
            _NORMALIZE: "return gamma * (x - mean) / (np.sqrt(variance) + epsilon) + beta",
            "deviation = np.sqrt(variance + epsilon)": "deviation = np.sqrt(variance) + epsilon",
        },
        may_lose=("test_epsilon_stands_where_keras_has_it",),
    ),
    Variant(
        name="moving_variance_of_pytorch",
        says="a moving variance of batches divided by N - 1",
        edits={
            "update_moving(moving_variance, variance, momentum)": (
                "update_moving(moving_variance, variance * x.size / max(x.size - x.shape[-1], 1), momentum)"
            )
        },
        may_lose=("test_moving_variance_follows_keras",),
    ),
    Variant(
        name="squares_minus_square",
        says="the variance as the mean of the squares minus the square of the mean, never below zero",
        edits={
            _STATISTICS: (
                "axes = tuple(range(x.ndim - 1))\n    mean = x.mean(axis=axes)\n"
                "    return mean, np.maximum((x * x).mean(axis=axes) - mean * mean, 0)"
            )
        },
        may_lose=("test_variance_far_from_zero",),
    ),
    Variant(
        name="single_precision",
        says="normalisation and its way back in single precision, after the mean was taken away",
        edits={
            "return mean, np.mean((x - mean) ** 2, axis=axes)": (
                "return mean, np.mean(np.float32(x - mean) ** 2, axis=axes)"
            ),
            "return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta": (
                "return np.float32(gamma) * np.float32(x - mean) / np.float32(np.sqrt(variance + epsilon)) + beta"
            ),
            "x_hat = (x - mean) / deviation": "x_hat = np.float32((x - mean) / deviation)",
        },
    ),
)
