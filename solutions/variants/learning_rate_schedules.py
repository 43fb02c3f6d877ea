"""Right answers to learning rate schedules, written differently."""

from grader.model import Variant

_PIECES = """for boundary, value in zip(boundaries, values, strict=False):
        if step <= boundary:
            return value
    return values[-1]
"""
_POWER = "return initial_learning_rate * decay_rate**p\n"
_QUOTIENT = "return initial_learning_rate / (1 + decay_rate * p)\n"
_FIRST_RATES = "return np.array([schedule(step) for step in range(updates)])"

VARIANTS = (
    Variant(
        name="by_searching",
        says="pieces found by a search, powers by logarithms, quotients the other way up",
        edits={
            _PIECES: "return values[np.searchsorted(boundaries, step, side='left')]\n",
            _POWER: "return initial_learning_rate * np.exp(p * np.log(decay_rate))\n",
            _QUOTIENT: "return (1 / initial_learning_rate + decay_rate / initial_learning_rate * p) ** -1\n",
        },
    ),
    Variant(
        name="by_counting",
        says="pieces found by counting, floor in place of the whole-number division",
        code="""
import math


def piecewise_constant(step, boundaries, values):
    passed = 0
    while passed < len(boundaries) and boundaries[passed] < step:
        passed += 1
    return np.array(values)[passed]


def exponential_decay(step, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    p = step / decay_steps
    if staircase:
        p = math.floor(p)
    return np.array(math.pow(decay_rate, p) * initial_learning_rate)


def inverse_time_decay(step, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    if staircase:
        return initial_learning_rate / (1 + decay_rate * int(step / decay_steps))
    return initial_learning_rate * decay_steps / (decay_steps + decay_rate * step)


SCHEDULES.update(
    piecewise_constant=piecewise_constant, exponential_decay=exponential_decay, inverse_time_decay=inverse_time_decay
)
""",
    ),
    Variant(
        name="as_keras_does",
        says="a sum of all pieces of which one is not zero, from the last boundary down",
        edits={
            _PIECES: (
                "edges = [-np.inf, *boundaries, np.inf]\n"
                "    return sum(value * (edges[i] < step <= edges[i + 1]) for i, value in enumerate(values))\n"
            ),
        },
    ),
    Variant(
        name="all_steps_at_once",
        says="a schedule that is asked for all steps at once",
        edits={_FIRST_RATES: "return schedule(np.arange(updates)) * np.ones(updates)"},
    ),
    Variant(
        name="schedule_asked_as_it_goes",
        says="a schedule that is asked in every step, into an array made beforehand, and a longer optimizer",
        code="""
def learning_rates(schedule, updates):
    rates = np.zeros(updates)
    for step in range(updates):
        rates[step] = schedule(step)
    return rates


def descend(gradient, w, schedule, steps):
    points = np.empty((steps + 1,) + w.shape)
    points[0] = w
    for step in np.arange(steps):
        points[step + 1] = points[step] - schedule(step) * gradient(points[step])
    return points


def update(self, weights, gradients):
    moved = []
    for i in range(len(weights)):
        w = np.array(weights[i], dtype=float)
        w -= self.learning_rate() * gradients[i]
        moved.append(w)
    self.iterations = self.iterations + 1
    return tuple(moved)


ScheduledSGD.update = update
""",
    ),
    Variant(
        name="single_precision",
        says="rates in single precision",
        edits={
            _POWER: "return np.float32(initial_learning_rate * decay_rate**p)\n",
            _QUOTIENT: "return np.float32(initial_learning_rate / (1 + decay_rate * p))\n",
            _FIRST_RATES: "return np.array([schedule(step) for step in range(updates)], dtype=np.float32)",
        },
    ),
    Variant(
        name="boundary_belongs_to_the_new_value",
        says="boundaries at which the new value holds already, as in PyTorch",
        edits={"if step <= boundary:": "if step < boundary:"},
        may_lose=("test_a_boundary_belongs_where_keras_puts_it",),
    ),
)
