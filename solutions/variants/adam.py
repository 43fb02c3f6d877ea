"""Right answers to Adam, written differently."""

from grader.model import Variant

_MOMENTS = """m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
"""
_STEP = "return w - rate * m / (np.sqrt(v) + epsilon), m, v\n"
_HATS = "m_hat, v_hat = m / (1 - beta_1**step), v / (1 - beta_2**step)\n    "
_CONVENTION = ("test_epsilon_stands_where_keras_has_it",)

VARIANTS = (
    Variant(
        name="towards_the_gradient",
        says="Keras' own writing: averages that move by a share of their distance",
        edits={
            _MOMENTS: "m = m + (gradient - m) * (1 - beta_1)\n    v = v + (np.square(gradient) - v) * (1 - beta_2)\n"
        },
    ),
    Variant(
        name="rate_in_other_words",
        says="a corrected learning rate by powers, as a plain float",
        edits={
            "return learning_rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)": (
                "return float(learning_rate / (1 - np.power(beta_1, step)) * (1 - beta_2**step) ** 0.5)"
            )
        },
    ),
    Variant(
        name="corrected_averages",
        says="the paper's form",
        edits={_STEP: f"{_HATS}return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v\n"},
        may_lose=_CONVENTION,
    ),
    Variant(
        name="epsilon_in_the_root",
        says="the paper's form with epsilon inside the root",
        edits={_STEP: f"{_HATS}return w - learning_rate * m_hat / np.sqrt(v_hat + epsilon), m, v\n"},
        may_lose=_CONVENTION,
    ),
    Variant(
        name="epsilon_as_a_bound",
        says="the paper's form with epsilon as the least divisor",
        edits={_STEP: f"{_HATS}return w - learning_rate * m_hat / np.maximum(np.sqrt(v_hat), epsilon), m, v\n"},
        may_lose=_CONVENTION,
    ),
    Variant(
        name="count_of_the_next_step",
        says="an optimizer that counts from 1 and raises the count at the end",
        code="""class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.learning_rate, self.settings = learning_rate, (beta_1, beta_2, epsilon)
        self.count, self.m, self.v = 1, {}, {}

    def set_learning_rate(self, learning_rate):
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        moved = []
        for i, (w, gradient) in enumerate(zip(weights, gradients)):
            m, v = self.m.get(i, 0.0), self.v.get(i, 0.0)
            new, self.m[i], self.v[i] = adam_step(w, m, v, self.count, gradient, self.learning_rate, *self.settings)
            moved.append(new)
        self.count += 1
        return tuple(moved)
""",
    ),
    Variant(
        name="descent_by_the_optimizer",
        says="a descent that uses the optimizer",
        code="""def descend(gradient, w, steps, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    optimizer = Adam(learning_rate, beta_1, beta_2, epsilon)
    path = [w.copy()]
    for _ in range(steps):
        path.append(optimizer.update([path[-1]], [gradient(path[-1])])[0])
    return np.stack(path)
""",
    ),
    Variant(
        name="decay_after_the_step",
        says="a decay of the old weights that is subtracted after the step",
        edits={
            "shrunk = w - learning_rate * weight_decay * w\n    return adam_step(shrunk, m": (
                "decay = learning_rate * weight_decay * w\n"
                "    moved, m, v = adam_step(w, m, v, step, gradient, learning_rate, beta_1, beta_2, epsilon)\n"
                "    return moved - decay, m, v\n    return adam_step(w, m"
            )
        },
    ),
    Variant(
        name="amsgrad_of_pytorch",
        says="AMSGrad with the correction drawn under the root",
        edits={
            "v_max = np.maximum(v_max, v)": "v_max = np.where(v > v_max, v, v_max)",
            "return w - rate * m / (np.sqrt(v_max) + epsilon), m, v, v_max": (
                "root = np.sqrt(v_max) / np.sqrt(1 - beta_2**step)\n"
                "    return w - learning_rate / (1 - beta_1**step) * m / (root + epsilon), m, v, v_max"
            ),
        },
        may_lose=_CONVENTION,
    ),
    Variant(
        name="loops",
        says="loops over the elements, with Python's own numbers",
        code="""
def adam_step(w, m, v, step, gradient, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    moved, m, v = np.empty(w.shape), np.array(m, dtype=float), np.array(v, dtype=float)
    rate = float(corrected_learning_rate(learning_rate, step, beta_1, beta_2))
    for index in np.ndindex(w.shape):
        slope = float(gradient[index])
        m[index] = beta_1 * m[index] + (1 - beta_1) * slope
        v[index] = beta_2 * v[index] + (1 - beta_2) * slope * slope
        moved[index] = float(w[index]) - rate * m[index] / (v[index] ** 0.5 + epsilon)
    return moved, m, v
""",
    ),
    Variant(
        name="own_copies_in_place",
        says="updates in place on copies of its own",
        code="""
def update_moments(m, v, gradient, beta_1, beta_2):
    m, v = m.copy(), v.copy()
    m *= beta_1
    m += (1 - beta_1) * gradient
    v *= beta_2
    v += (1 - beta_2) * np.square(gradient)
    return m, v


def adam_step(w, m, v, step, gradient, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    w = np.array(w, dtype=float)
    m, v = update_moments(m, v, gradient, beta_1, beta_2)
    divisor = np.sqrt(v)
    divisor += epsilon
    w -= corrected_learning_rate(learning_rate, step, beta_1, beta_2) * m / divisor
    return w, m, v
""",
    ),
    Variant(
        name="single_precision",
        says="averages in single precision",
        edits={
            "m = beta_1 * m + (1 - beta_1) * gradient": (
                "m, v, gradient = np.float32(m), np.float32(v), np.float32(gradient)\n"
                "    m = np.float32(beta_1) * m + np.float32(1 - beta_1) * gradient"
            ),
            "v = beta_2 * v + (1 - beta_2) * gradient**2": (
                "v = np.float32(beta_2) * v + np.float32(1 - beta_2) * gradient**2"
            ),
        },
    ),
)
