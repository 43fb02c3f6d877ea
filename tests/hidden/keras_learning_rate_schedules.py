"""What Keras answers about learning rate schedules, in float64; called only when truth is recorded.

A schedule answers in single precision unless its numbers come as np.float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from keras_oracle import LANDSCAPES

if TYPE_CHECKING:  # it takes as long to load as a worker to start
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_CLASSES = {
    "piecewise_constant": "PiecewiseConstantDecay",
    "exponential_decay": "ExponentialDecay",
    "inverse_time_decay": "InverseTimeDecay",
}


def rates(schedule: str, steps: Sequence[int], **settings: Any) -> list[float]:
    """Ask Keras for learning rates.

    Args:
        schedule: name of a schedule in `_CLASSES`.
        steps: at which to ask.
        settings: arguments of Keras' class.

    Returns:
        The learning rate at each of the steps.
    """
    ask = _schedule(_keras(), schedule, settings)
    return [float(ask(step)) for step in steps]


def scheduled_updates(
    weights: Sequence[ArrayLike], gradients: Sequence[ArrayLike], schedule: str, **settings: Any
) -> tuple[list[float], list[Floats]]:
    """Ask Keras' SGD for the way of several parameters under a schedule.

    Args:
        weights: one array per parameter.
        gradients: for each parameter the gradients of all updates, shape (updates, *its shape).
        schedule: as in `rates`, like the settings.
        settings: see there.

    Returns:
        The optimizer's learning rate before the first update and after each, and for each parameter its weights then,
        shape (updates + 1, *its shape).
    """
    given = [np.asarray(gradient, dtype=np.float64) for gradient in gradients]

    def ask(step: int, _: Sequence[Any]) -> list[Any]:
        return [gradient[step] for gradient in given]

    return _run(weights, len(given[0]), ask, schedule, settings)


def scheduled_descent(landscape: str, w: ArrayLike, steps: int, schedule: str, **settings: Any) -> Floats:
    """Ask Keras' SGD for a descent under a schedule, where TensorFlow differentiates the loss at each point.

    Args:
        landscape: name of a loss in `keras_oracle.LANDSCAPES`.
        w: weights to start from.
        steps: how many.
        schedule: as in `rates`, like the settings.
        settings: see there.

    Returns:
        The weights before the first step and after each, shape (steps + 1, *w.shape).
    """
    loss, _ = LANDSCAPES[landscape]

    def ask(_: int, variables: Sequence[Any]) -> list[Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(variables[0].value)
        return [tape.gradient(value, variables[0].value)]

    _, [path] = _run([w], steps, ask, schedule, settings)
    return path


def _run(
    weights: Sequence[ArrayLike],
    steps: int,
    ask: Callable[[int, Sequence[Any]], list[Any]],
    schedule: str,
    settings: dict[str, Any],
) -> tuple[list[float], list[Floats]]:
    keras = _keras()
    optimizer = keras.optimizers.SGD(learning_rate=_schedule(keras, schedule, settings))
    variables = [keras.Variable(np.array(w, dtype=np.float64)) for w in weights]
    shown, paths = [float(optimizer.learning_rate)], [[np.array(variable.numpy())] for variable in variables]
    for step in range(steps):
        optimizer.apply(ask(step, variables), variables)
        shown.append(float(optimizer.learning_rate))
        for path, variable in zip(paths, variables, strict=True):
            path.append(np.array(variable.numpy()))
    return shown, [np.stack(path) for path in paths]


def _keras() -> Any:
    import keras

    # Both are needed: layers ignore set_floatx once any layer was built.
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _schedule(keras: Any, name: str, settings: dict[str, Any]) -> Any:
    return getattr(keras.optimizers.schedules, _CLASSES[name])(
        **{key: _exact(value) for key, value in settings.items()}
    )


def _exact(value: Any) -> Any:
    """Python floats would be rounded to float32."""
    if isinstance(value, (list, tuple)):
        return [_exact(item) for item in value]
    return np.float64(value) if isinstance(value, float) else value
