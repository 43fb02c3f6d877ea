"""Right answers to momentum and Nesterov, written differently."""

from grader.model import Variant

_AVERAGE = """averages, average = [], 0.0
    for value in values:
        average = beta * average + (1 - beta) * value
        averages.append(average)
    return np.array(averages)"""
_PUSH = "velocity = momentum * velocity - learning_rate * gradient"
_MOMENTUM = f"{_PUSH}\n    return w + velocity, velocity"
_NESTEROV = f"{_PUSH}\n    return w + momentum * velocity - learning_rate * gradient, velocity"

VARIANTS = (
    Variant(
        name="weighted_sum",
        says="averages as one weighted sum over the past",
        edits={
            _AVERAGE: (
                "values = np.array(values, dtype=float)\n"
                "    age = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))\n"
                "    shares = np.where(age >= 0, (1 - beta) * beta ** np.maximum(age, 0), 0.0)\n"
                "    return np.tensordot(shares, values, 1)"
            )
        },
    ),
    Variant(
        name="towards_the_value",
        says="an average that moves by a share of its distance",
        edits={"average = beta * average + (1 - beta) * value": "average = average + (1 - beta) * (value - average)"},
    ),
    Variant(
        name="step_subtracted",
        says="a step that is collected with a plus and subtracted, and lists for tuples",
        edits={_MOMENTUM: ("step = learning_rate * gradient - velocity * momentum\n    return [w - step, -step]")},
    ),
    Variant(
        name="nesterov_of_cs231n",
        says="Nesterov with the old velocity and the new",
        edits={
            _NESTEROV: (
                "old = velocity.copy()\n"
                "    velocity = momentum * old - learning_rate * gradient\n"
                "    return w - momentum * old + (1 + momentum) * velocity, velocity"
            )
        },
    ),
    Variant(
        name="velocities_in_place",
        says="an optimizer that changes its own velocities in place and returns a tuple",
        code="""class Momentum:
    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        self.learning_rate, self.momentum, self.nesterov = learning_rate, momentum, nesterov
        self.velocities = {}

    def set_learning_rate(self, learning_rate):
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        moved = []
        for i, (w, gradient) in enumerate(zip(weights, gradients)):
            v = self.velocities.setdefault(i, np.zeros(gradient.shape))
            v *= self.momentum
            v -= self.learning_rate * gradient
            moved.append(w + self.momentum * v - self.learning_rate * gradient if self.nesterov else w + v)
        return tuple(moved)
""",
    ),
    Variant(
        name="filled_trajectory",
        says="a trajectory that is laid out first and filled by the optimizer",
        code="""def descend(gradient, w, learning_rate, momentum, steps, nesterov=False):
    trajectory = np.empty((steps + 1, *w.shape))
    trajectory[0] = w
    optimizer = Momentum(learning_rate, momentum, nesterov)
    for t in range(steps):
        trajectory[t + 1] = optimizer.update([trajectory[t]], [gradient(trajectory[t])])[0]
    return trajectory
""",
    ),
    Variant(
        name="learning_rate_outside",
        says="PyTorch's form: a velocity of bare gradients",
        edits={
            _MOMENTUM: "velocity = momentum * velocity + gradient\n    return w - learning_rate * velocity, velocity",
            _NESTEROV: (
                "velocity = momentum * velocity + gradient\n"
                "    return w - learning_rate * (gradient + momentum * velocity), velocity"
            ),
        },
        may_lose=("test_velocity_is_a_step", "test_new_learning_rate_leaves_the_velocity_alone"),
    ),
    Variant(
        name="loops",
        says="loops over the elements, with Python's own numbers",
        code="""
def momentum_step(w, velocity, gradient, learning_rate, momentum):
    moved, kept = [], []
    for value, speed, slope in zip(w.ravel().tolist(), velocity.ravel().tolist(), gradient.ravel().tolist()):
        speed = momentum * speed - learning_rate * slope
        kept.append(speed)
        moved.append(value + speed)
    return np.array(moved).reshape(w.shape), np.array(kept).reshape(w.shape)


def nesterov_step(w, velocity, gradient, learning_rate, momentum):
    moved, kept = np.empty(w.shape), np.empty(w.shape)
    for index in np.ndindex(w.shape):
        push = learning_rate * float(gradient[index])
        kept[index] = momentum * float(velocity[index]) - push
        moved[index] = float(w[index]) + momentum * kept[index] - push
    return moved, kept
""",
    ),
    Variant(
        name="single_precision",
        says="velocities in single precision",
        edits={
            "velocity = momentum * velocity - learning_rate * gradient\n    return w + velocity, velocity": (
                "velocity = np.float32(momentum) * np.float32(velocity)"
                "\n    velocity = velocity - np.float32(learning_rate) * np.float32(gradient)"
                "\n    return w + velocity, velocity"
            ),
            "average = beta * average + (1 - beta) * value": (
                "average = np.float32(beta) * average + np.float32(1 - beta) * np.float32(value)"
            ),
        },
    ),
)
