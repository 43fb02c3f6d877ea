"""Known mistakes with momentum and Nesterov."""

from grader.model import Mistake

_PUSH = "velocity = momentum * velocity - learning_rate * gradient"
_MOMENTUM = f"{_PUSH}\n    return w + velocity, velocity"
_NESTEROV = f"{_PUSH}\n    return w + momentum * velocity - learning_rate * gradient, velocity"
_ZEROS = "self.velocities = [np.zeros(w.shape) for w in weights]"
_START = f"if self.velocities is None:\n            {_ZEROS}"
_PAIRS = """pairs = [
            step(w, velocity, gradient, self.learning_rate, self.momentum)
            for w, velocity, gradient in zip(weights, self.velocities, gradients, strict=True)
        ]"""
_KEEP = "self.velocities = [velocity for _, velocity in pairs]"


def _push(rule: str) -> dict[str, str]:
    """The same wrong rule for the velocity in both steps."""
    return {_MOMENTUM: _MOMENTUM.replace(_PUSH, rule), _NESTEROV: _NESTEROV.replace(_PUSH, rule)}


MISTAKES = (
    Mistake(
        name="average_starts_at_first_value",
        says="an average that starts at its first value",
        hint="Which number stands for the past before there is any? The rules give a_0.",
        edits={"averages, average = [], 0.0": "averages, average = [], values[0]"},
    ),
    Mistake(
        name="average_shares_swapped",
        says="an average whose two shares have changed places",
        hint="With a beta of 0.9, does the average follow each new value closely, or slowly?",
        edits={"average = beta * average + (1 - beta) * value": "average = (1 - beta) * average + beta * value"},
    ),
    Mistake(
        name="average_bias_corrected",
        says="an average that is corrected for its start at zero",
        hint="The rule consists of two products and a sum. What else happens to the average here?",
        edits={"averages.append(average)": "averages.append(average / (1 - beta ** (len(averages) + 1)))"},
    ),
    Mistake(
        name="average_of_everything",
        says="the plain mean of all values so far",
        hint="How much should the oldest value still count after many new ones, and how much does it?",
        edits={"averages.append(average)": "averages.append(np.mean(values[: len(averages) + 1], axis=0))"},
    ),
    Mistake(
        name="average_in_whole_numbers",
        says="averages cut down to whole numbers",
        hint="Which numbers fit into an array that was made in the likeness of an array of whole numbers?",
        edits={"return np.array(averages)": "return np.array(averages).astype(np.asarray(values).dtype)"},
    ),
    Mistake(
        name="gradients_averaged",
        says="gradients that are averaged, with a factor 1 - momentum",
        hint="How long is the first step from rest, and how long would it be in plain descent?",
        edits=_push("velocity = momentum * velocity - (1 - momentum) * learning_rate * gradient"),
    ),
    Mistake(
        name="shares_swapped",
        says="a velocity that keeps a share of 1 - momentum",
        hint="Read the formula with a momentum of 0. What should be left of it, and what is?",
        edits=_push("velocity = (1 - momentum) * velocity - momentum * learning_rate * gradient"),
    ),
    Mistake(
        name="gradient_damped",
        says="a new gradient that is multiplied by momentum too",
        hint="Momentum says how much of the past is kept. What belongs to the past here, and what is new?",
        edits=_push("velocity = momentum * (velocity - learning_rate * gradient)"),
    ),
    Mistake(
        name="learning_rate_twice",
        says="a step in which the learning rate stands twice",
        hint="Is the velocity measured like a gradient or like a weight? That tells what its move still needs.",
        edits={_MOMENTUM: f"{_PUSH}\n    return w + learning_rate * velocity, velocity"},
    ),
    Mistake(
        name="moves_before_the_push",
        says="a move with the velocity of the step before",
        hint="Starting from rest, does the first step move the weights? Look at the order of the two lines.",
        edits={_MOMENTUM: f"return w + velocity, {_PUSH.partition(' = ')[2]}"},
    ),
    Mistake(
        name="gradient_counted_twice",
        says="a step that holds the gradient twice",
        hint="In how many places does the gradient get into the new weights?",
        edits={_MOMENTUM: f"{_PUSH}\n    return w - learning_rate * gradient + velocity, velocity"},
    ),
    Mistake(
        name="uphill",
        says="steps uphill",
        hint="Follow the sign of the gradient on its way to the new weights. Does the loss rise or fall?",
        edits={
            _MOMENTUM: "velocity = momentum * velocity + learning_rate * gradient\n    return w + velocity, velocity",
            _NESTEROV: (
                "velocity = momentum * velocity + learning_rate * gradient\n"
                "    return w + momentum * velocity + learning_rate * gradient, velocity"
            ),
        },
    ),
    Mistake(
        name="learning_rate_outside",
        says="a velocity of bare gradients, with the learning rate outside",
        hint="When the learning rate is cut, what should happen to the speed that was gathered before?",
        edits={
            _MOMENTUM: ("velocity = momentum * velocity + gradient\n    return w - learning_rate * velocity, velocity"),
            _NESTEROV: (
                "velocity = momentum * velocity + gradient\n"
                "    return w - learning_rate * (gradient + momentum * velocity), velocity"
            ),
        },
    ),
    Mistake(
        name="gradient_clipped",
        says="gradients that are cut off at 1",
        hint="What happens to a gradient of 2 on its way into the velocity?",
        edits=_push(f"gradient = np.clip(gradient, -1, 1)\n    {_PUSH}"),
    ),
    Mistake(
        name="velocity_rounded",
        says="velocities that are rounded",
        hint="How many digits of the velocity are carried from step to step?",
        edits=_push(f"velocity = np.round({_PUSH.partition(' = ')[2]}, 3)"),
    ),
    Mistake(
        name="nesterov_is_momentum",
        says="plain momentum where Nesterov is asked for",
        hint="Lay the two rules side by side. In which line do they differ, and which velocity does it mean?",
        edits={_NESTEROV: f"{_PUSH}\n    return w + (velocity), velocity"},
    ),
    Mistake(
        name="nesterov_pulls_back",
        says="a Nesterov step in which the velocity pulls back",
        hint="From rest, should Nesterov's first step be longer or shorter than that of plain descent?",
        edits={_NESTEROV: f"{_PUSH}\n    return w - momentum * velocity - learning_rate * gradient, velocity"},
    ),
    Mistake(
        name="nesterov_without_gradient",
        says="a Nesterov step with the velocity only",
        hint="Count the terms in the second line of Nesterov's rule.",
        edits={_NESTEROV: f"{_PUSH}\n    return w + momentum * velocity, velocity"},
    ),
    Mistake(
        name="nesterov_whole_velocity",
        says="a Nesterov step with the whole velocity",
        hint="How much of the velocity goes into Nesterov's move, and how much into that of momentum?",
        edits={_NESTEROV: f"{_PUSH}\n    return w + velocity - learning_rate * gradient, velocity"},
    ),
    Mistake(
        name="velocity_forgotten",
        says="velocities that start from zero in every step",
        hint="What does the second step know of the first?",
        edits={
            _START: _ZEROS,
            "step(w, velocity, gradient(w)": "step(w, np.zeros(w.shape), gradient(w)",
        },
    ),
    Mistake(
        name="one_velocity_for_all_parameters",
        says="one velocity that all parameters share",
        hint="How many velocities are there after an update of a matrix and a vector, and of which shapes?",
        edits={
            _START: "self.velocities = 0.0 if self.velocities is None else self.velocities",
            _PAIRS: (
                "pairs = []\n        for w, gradient in zip(weights, gradients, strict=True):\n"
                "            pairs.append(step(w, self.velocities, gradient, self.learning_rate, self.momentum))\n"
                "            self.velocities = pairs[-1][1]"
            ),
            _KEEP: "",
        },
    ),
    Mistake(
        name="velocities_of_all_optimizers",
        says="velocities that all optimizers share",
        hint="To whom do the velocities belong: to one optimizer, to the class, or to the whole module?",
        edits={
            "self.velocities = None": "Momentum.velocities = None",
            _START: _START.replace("self", "Momentum"),
            _KEEP: _KEEP.replace("self", "Momentum"),
        },
    ),
    Mistake(
        name="velocity_in_whole_numbers",
        says="velocities cut down to whole numbers",
        hint="Which dtype do the velocities get when the weights start as whole numbers?",
        edits={
            _ZEROS: "self.velocities = [np.zeros_like(w) for w in weights]",
            _KEEP: "for kept, (_, new) in zip(self.velocities, pairs):\n            kept[...] = new",
        },
    ),
    Mistake(
        name="nesterov_flag_ignored",
        says="plain momentum although nesterov is True",
        hint="Which lines run differently when nesterov is True?",
        edits={
            "step = nesterov_step if self.nesterov else momentum_step": "step = momentum_step",
            "step = nesterov_step if nesterov else momentum_step": "step = momentum_step",
        },
    ),
    Mistake(
        name="gradient_at_the_look_ahead_point",
        says="gradients taken at the look-ahead point",
        hint="Two points are in play, the weights and the look-ahead point. Which of them does Keras store?",
        edits={
            "step = nesterov_step if nesterov else momentum_step\n": "ahead = momentum if nesterov else 0.0\n",
            "step(w, velocity, gradient(w)": "momentum_step(w, velocity, gradient(w + ahead * velocity)",
        },
    ),
    Mistake(
        name="gradient_of_the_start",
        says="the gradient of the start in every step",
        hint="The weights move on. Where is the slope measured that the third step uses?",
        edits={
            "trajectory = [w]": "trajectory, slope = [w], gradient(w)",
            "step(w, velocity, gradient(w)": "step(w, velocity, slope",
        },
    ),
    Mistake(
        name="start_missing",
        says="a way without its start",
        hint="How many points does a way of one step have?",
        edits={"return np.array(trajectory)": "return np.array(trajectory[1:])"},
    ),
    Mistake(
        name="weights_in_place",
        says="weights that are changed in place",
        hint="Who else holds the array that is changed here? Think of the caller, and of the way that is kept.",
        edits={_MOMENTUM: f"{_PUSH}\n    w += velocity\n    return w, velocity"},
    ),
    Mistake(
        name="gradient_overwritten",
        says="gradients that are overwritten",
        hint="In which array is the new velocity built? The caller may still need what was in it.",
        edits={
            _MOMENTUM: (
                "gradient *= -learning_rate\n    gradient += momentum * velocity\n    return w + gradient, gradient"
            )
        },
    ),
)
