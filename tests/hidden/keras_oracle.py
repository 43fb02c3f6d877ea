"""What Keras' optimizers answer, in float64.

Called only when truth is recorded, so Keras is imported inside the functions. All arguments are plain data, because
truth is replayed by them: a loss is named by its landscape, and every hyper-parameter is a keyword.

Keras rounds Python floats to float32 on their way in, an error of 1e-6 after some steps of Adam. That is why every
float goes in as np.float64, the defaults of the optimizer included.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # it takes as long to load as a worker to start
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def optimizer_steps(
    name: str, w: ArrayLike, gradients: ArrayLike, *, learning_rates: Sequence[float] | None = None, **hyper: Any
) -> Floats:
    """Ask Keras for the weights under an optimizer that is given its gradients.

    Args:
        name: class in keras.optimizers, such as "SGD", "Adam", "AdamW", "Adagrad", "RMSprop".
        w: weights to start from, array of any shape.
        gradients: one per step, shape (steps, *w.shape).
        learning_rates: one per step; without them `learning_rate` in `hyper` (or Keras' default) holds throughout.
        hyper: arguments of the class, by Keras' names: `momentum=0.8`, `nesterov=True`, `amsgrad=True`, …

    Returns:
        The weights before the first step and after each, shape (steps + 1, *w.shape).
    """
    return parameter_steps(name, [w], [gradients], learning_rates=learning_rates, **hyper)[0]


def parameter_steps(
    name: str,
    weights: Sequence[ArrayLike],
    gradients: Sequence[ArrayLike],
    *,
    learning_rates: Sequence[float] | None = None,
    **hyper: Any,
) -> list[Floats]:
    """Ask the same for several parameters of one optimizer.

    Args:
        name: as in `optimizer_steps`, like `learning_rates` and `hyper`.
        weights: one array per parameter.
        gradients: for each parameter the gradients of all steps, shape (steps, *its shape).
        learning_rates: see there.
        hyper: see there.

    Returns:
        For each parameter its weights, shape (steps + 1, *its shape).
    """
    given = [np.asarray(gradient, dtype=np.float64) for gradient in gradients]

    def ask(step: int, _: Sequence[Any]) -> list[Any]:
        return [gradient[step] for gradient in given]

    return _run(name, weights, len(given[0]), ask, learning_rates, hyper)


def descent_steps(
    name: str,
    landscape: str,
    w: ArrayLike,
    steps: int,
    *,
    learning_rates: Sequence[float] | None = None,
    **hyper: Any,
) -> Floats:
    """Ask Keras for the weights of a descent, where TensorFlow differentiates the loss at each point.

    Args:
        name: as in `optimizer_steps`, like `learning_rates` and `hyper`.
        landscape: name of a loss in `LANDSCAPES`.
        w: weights to start from.
        steps: how many.
        learning_rates: see there.
        hyper: see there.

    Returns:
        The weights before the first step and after each, shape (steps + 1, *w.shape).
    """
    loss, _ = LANDSCAPES[landscape]

    def ask(_: int, variables: Sequence[Any]) -> list[Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(variables[0].value)
        return [tape.gradient(value, variables[0].value)]

    return _run(name, [w], steps, ask, learning_rates, hyper)[0]


def gradient_of(landscape: str) -> Callable[[ArrayLike], Floats]:
    """The gradient of a landscape in NumPy, to be handed to a student's function."""
    _, gradient = LANDSCAPES[landscape]
    return lambda w: gradient(np.asarray(w, dtype=np.float64))


# Each landscape is a loss for TensorFlow and, derived by hand, its gradient for NumPy.
# bowl:   a tilted bowl in three dimensions, some 30 times steeper one way than another
# saddle: x² − y², flat at the origin, falls along y
# valley: a curved valley with its floor along y = x²
# quartic: Σ w⁴ / 4, weights of any shape
_BOWL = np.array([[2.0, 0.6, -0.4], [0.6, 1.0, 0.3], [-0.4, 0.3, 0.4]])
_BOTTOM = np.array([0.7, -0.3, 1.1])


def _bowl_loss(w: Any) -> Any:
    import tensorflow as tf

    offset = w - _BOTTOM
    return tf.reduce_sum(offset * tf.linalg.matvec(_BOWL, offset)) / 2


def _quartic_loss(w: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_sum(w**4) / 4


def _valley_gradient(w: Floats) -> Floats:
    x, y = w
    return np.array([-2 * (1 - x) - 12 * x * (y - x**2), 6 * (y - x**2)])


LANDSCAPES: dict[str, tuple[Callable[[Any], Any], Callable[[Floats], Floats]]] = {
    "bowl": (_bowl_loss, lambda w: _BOWL @ (w - _BOTTOM)),
    "saddle": (lambda w: w[0] ** 2 - w[1] ** 2, lambda w: np.array([2.0, -2.0]) * w),
    "valley": (lambda w: (1 - w[0]) ** 2 + 3 * (w[1] - w[0] ** 2) ** 2, _valley_gradient),
    "quartic": (_quartic_loss, lambda w: w**3),
}


def _run(
    name: str,
    weights: Sequence[ArrayLike],
    steps: int,
    ask: Callable[[int, Sequence[Any]], list[Any]],
    learning_rates: Sequence[float] | None,
    hyper: dict[str, Any],
) -> list[Floats]:
    keras = _keras()
    if learning_rates is not None:
        hyper = {**hyper, "learning_rate": learning_rates[0]}
    optimizer = _optimizer(keras, name, hyper)
    variables = [keras.Variable(np.array(w, dtype=np.float64)) for w in weights]
    paths = [[np.array(variable.numpy())] for variable in variables]
    for step in range(steps):
        if learning_rates is not None:
            optimizer.learning_rate = np.float64(learning_rates[step])
        optimizer.apply(ask(step, variables), variables)
        for path, variable in zip(paths, variables, strict=True):
            path.append(np.array(variable.numpy()))
    return [np.stack(path) for path in paths]


def _keras() -> Any:
    import keras

    # Both are needed: layers ignore set_floatx once any layer was built.
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _optimizer(keras: Any, name: str, hyper: dict[str, Any]) -> Any:
    kind = getattr(keras.optimizers, name)
    signature = inspect.signature(kind).parameters
    defaults = {key: parameter.default for key, parameter in signature.items()}
    unknown = set(hyper) - set(defaults)
    if unknown:
        raise TypeError(f"keras.optimizers.{name} has no argument {', '.join(sorted(unknown))}")
    exact = {
        key: np.float64(value)
        for key, value in {**defaults, **hyper}.items()
        if isinstance(value, float) or (key in hyper and isinstance(defaults[key], float))
    }
    return kind(**{**hyper, **exact})
