"""AdaGrad written differently, and right all the same."""

from grader.model import Variant

_DESCEND = """
def descend(gradient, w, steps, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7):
    optimizer = Adagrad(learning_rate, initial_accumulator_value, epsilon)
    points = np.zeros((steps + 1, *w.shape))
    points[0] = w
    for step in range(steps):
        points[step + 1] = optimizer.update([points[step]], [gradient(points[step].copy())])[0]
    return points
"""

VARIANTS = (
    Variant(
        name="loops",
        says="loops over the elements, with Python's own numbers",
        code="""
import math


def accumulate(accumulator, gradient):
    new = np.empty(gradient.shape)
    for index in np.ndindex(gradient.shape):
        new[index] = float(accumulator[index]) + float(gradient[index]) * float(gradient[index])
    return new


def effective_learning_rate(accumulator, learning_rate, epsilon=1e-7):
    new = np.empty(accumulator.shape)
    for index in np.ndindex(accumulator.shape):
        new[index] = learning_rate / math.sqrt(accumulator[index] + epsilon)
    return new
""",
    ),
    Variant(
        name="one_formula",
        says="the step in one formula of its own, with a power in place of the root",
        edits={
            "return accumulator + gradient**2": "return np.add(accumulator, np.square(gradient))",
            "return learning_rate / np.sqrt(accumulator + epsilon)": (
                "return learning_rate * (accumulator + epsilon) ** -0.5"
            ),
        },
        code="""
def adagrad_step(w, accumulator, gradient, learning_rate=0.001, epsilon=1e-7):
    squares = accumulator + gradient * gradient
    return [w - learning_rate * gradient / np.power(squares + epsilon, 0.5), squares]
""",
    ),
    Variant(
        name="own_copies_in_place",
        says="updates in place on copies of its own, a dict of accumulators, a descent with the optimizer",
        code=f"""
def adagrad_step(w, accumulator, gradient, learning_rate=0.001, epsilon=1e-7):
    w, accumulator = np.array(w, dtype=float), np.array(accumulator, dtype=float)
    accumulator += gradient**2
    w -= learning_rate * gradient / np.sqrt(accumulator + epsilon)
    return w, accumulator


def update(self, weights, gradients):
    if self.accumulators is None:
        self.accumulators = {{}}
    moved = []
    for number, (w, gradient) in enumerate(zip(weights, gradients)):
        start = np.ones(w.shape) * self.initial_accumulator_value
        answer = adagrad_step(w, self.accumulators.get(number, start), gradient, self.learning_rate, self.epsilon)
        self.accumulators[number] = answer[1]
        moved.append(answer[0])
    return tuple(moved)


Adagrad.update = update

{_DESCEND}
""",
    ),
    Variant(
        name="single_precision",
        says="accumulators in single precision",
        edits={"return accumulator + gradient**2": "return (accumulator + gradient**2).astype(np.float32)"},
    ),
    Variant(
        name="growing_array",
        says="a descent that stacks its points one by one",
        edits={
            "trajectory = [w]": "trajectory = np.array([w], dtype=float)",
            "trajectory.append(w)": "trajectory = np.vstack([trajectory, w[np.newaxis]])",
            "return np.array(trajectory)": "return trajectory",
        },
    ),
    Variant(
        name="epsilon_of_the_textbooks",
        says="an epsilon added to the root, as in the paper",
        edits={
            "learning_rate / np.sqrt(accumulator + epsilon)": "learning_rate / (np.sqrt(accumulator) + epsilon)",
        },
        may_lose=("test_epsilon_stands_where_keras_has_it",),
    ),
    Variant(
        name="start_of_the_textbooks",
        says="accumulators from 0, as in the paper",
        edits={
            "np.full(w.shape, self.initial_accumulator_value)": "np.zeros(w.shape)",
            "np.full(w.shape, initial_accumulator_value)": "np.zeros(w.shape)",
        },
        may_lose=("test_accumulators_start_where_they_are_told", "test_accumulators_start_where_keras_starts_them"),
    ),
)
