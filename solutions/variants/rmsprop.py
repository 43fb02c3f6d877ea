"""Right answers to RMSprop, written differently."""

from grader.model import Variant

_AVERAGE = "return rho * average + (1 - rho) * value"
_SCALED = "return gradient / np.sqrt(mean_square - mean_gradient**2 + epsilon)"
_PUSH = "velocity = momentum * velocity + learning_rate * scaled_gradient(gradient, mean_square, epsilon)\n"
_OWN_PUSH = "velocity = self.momentum * velocity + self.learning_rate * scaled\n"
_OWN_MOVE = "moved.append(w - velocity)\n"
_EPSILON = "test_epsilon_stands_where_keras_has_it"
_VELOCITY = "test_velocity_is_what_is_taken_away"

VARIANTS = (
    Variant(
        name="towards_the_value",
        says="averages that move by a share of their distance, a product with the inverse root",
        edits={
            _AVERAGE: "return average + (1 - rho) * (value - average)",
            _SCALED: "return np.multiply(gradient, np.power(mean_square + epsilon - np.square(mean_gradient), -0.5))",
        },
    ),
    Variant(
        name="loops",
        says="loops over the elements, with Python's own numbers",
        code="""
def running_average(average, value, rho):
    new = np.zeros(np.shape(value))
    for index in np.ndindex(np.shape(value)):
        new[index] = rho * float(average[index]) + (1 - rho) * float(value[index])
    return new


def scaled_gradient(gradient, mean_square, epsilon=1e-7, mean_gradient=0.0):
    flat, means = [], np.broadcast_to(mean_gradient, gradient.shape).ravel().tolist()
    for g, square, mean in zip(gradient.ravel().tolist(), mean_square.ravel().tolist(), means):
        flat.append(g / (square - mean * mean + epsilon) ** 0.5)
    return np.reshape(flat, gradient.shape)
""",
    ),
    Variant(
        name="whole_formulas",
        says="steps with formulas of their own, in lists, and dicts of averages in the optimizer",
        code="""
def rmsprop_step(w, mean_square, gradient, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    s = rho * mean_square + (1 - rho) * gradient * gradient
    return [w - learning_rate / np.sqrt(s + epsilon) * gradient, s]


def centered_rmsprop_step(w, mean_square, mean_gradient, gradient, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    s = mean_square * rho + gradient**2 * (1.0 - rho)
    m = mean_gradient * rho + gradient * (1.0 - rho)
    return [w - learning_rate * gradient / np.sqrt(s - m * m + epsilon), s, m]


def update(self, weights, gradients):
    self.states = self.states or {}
    moved = []
    for i in range(len(weights)):
        g, (s, m, v) = gradients[i], self.states.get(i, (0.0, 0.0, 0.0))
        s = self.rho * s + (1 - self.rho) * g**2
        m = self.rho * m + (1 - self.rho) * g
        variance = s - m**2 if self.centered else s
        step = self.learning_rate * g / np.sqrt(variance + self.epsilon)
        if self.momentum > 0:
            v = self.momentum * v + step
            moved.append(weights[i] - v)
        else:
            moved.append(weights[i] - step)
        self.states[i] = s, m, v
    return tuple(moved)


RMSprop.update = update
""",
    ),
    Variant(
        name="descent_with_the_steps",
        says="a descent with the steps in place of the optimizer, into an array made beforehand",
        code="""
def descend(gradient, w, steps, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    path = np.empty((steps + 1,) + w.shape)
    path[0] = w
    square, mean, velocity = np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)
    for t in range(steps):
        g = gradient(path[t])
        square = running_average(square, g**2, rho)
        mean = running_average(mean, g, rho) if centered else mean
        velocity = momentum * velocity + learning_rate * scaled_gradient(g, square, epsilon, mean)
        path[t + 1] = path[t] - velocity
    return path
""",
    ),
    Variant(
        name="own_copies_in_place",
        says="updates in place on copies of its own",
        edits={
            _AVERAGE: "average = np.array(average, dtype=float)\n    average *= rho\n    average += (1 - rho) * value\n"
            "    return average",
            _OWN_MOVE: "w = w.astype(float)\n            w -= velocity\n            moved.append(w)\n",
        },
    ),
    Variant(
        name="single_precision",
        says="averages in single precision",
        edits={_AVERAGE: "return np.asarray(rho * average + (1 - rho) * value, dtype=np.float32)"},
    ),
    Variant(
        name="epsilon_outside_the_root",
        says="an epsilon that is added to the root, as in PyTorch",
        edits={_SCALED: "return gradient / (np.sqrt(mean_square - mean_gradient**2) + epsilon)"},
        may_lose=(_EPSILON,),
    ),
    Variant(
        name="epsilon_as_a_bound",
        says="an epsilon that is the least divisor",
        edits={_SCALED: "return gradient / np.maximum(np.sqrt(mean_square - mean_gradient**2), epsilon)"},
        may_lose=(_EPSILON,),
    ),
    Variant(
        name="velocity_with_a_minus_sign",
        says="a velocity that holds the minus sign, as that of SGD does",
        edits={
            _PUSH: _PUSH.replace("+ learning", "- learning"),
            "return w - velocity": "return w + velocity",
            _OWN_PUSH: _OWN_PUSH.replace("+ self", "- self"),
            _OWN_MOVE: "moved.append(w + velocity)\n",
        },
        may_lose=(_VELOCITY,),
    ),
    Variant(
        name="learning_rate_outside",
        says="a velocity without the learning rate, which comes in at the end, as in PyTorch",
        edits={
            _PUSH: _PUSH.replace("learning_rate * ", ""),
            "return w - velocity": "return w - learning_rate * velocity",
            _OWN_PUSH: _OWN_PUSH.replace("self.learning_rate * ", ""),
            _OWN_MOVE: "moved.append(w - self.learning_rate * velocity)\n",
        },
        may_lose=(_VELOCITY, "test_new_learning_rate_leaves_the_velocity_alone"),
    ),
)
