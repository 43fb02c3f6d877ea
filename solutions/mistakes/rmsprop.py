"""Known mistakes with RMSprop."""

from grader.model import Mistake

_AVERAGE = "return rho * average + (1 - rho) * value"
_SCALED = "return gradient / np.sqrt(mean_square - mean_gradient**2 + epsilon)"
_SQUARE = "mean_square = running_average(mean_square, gradient**2, rho)\n"
_PLAIN_STEP = "return w - learning_rate * scaled_gradient(gradient, mean_square, epsilon), mean_square\n"
_PLAIN = f"{_SQUARE}    {_PLAIN_STEP}"
_MEAN = "mean_gradient = running_average(mean_gradient, gradient, rho)\n"
_CENTERED_STEP = "step = learning_rate * scaled_gradient(gradient, mean_square, epsilon, mean_gradient)\n"
_CENTERED = f"{_SQUARE}    {_MEAN}    {_CENTERED_STEP}    return w - step, mean_square, mean_gradient\n"
_PUSH = "velocity = momentum * velocity + learning_rate * scaled_gradient(gradient, mean_square, epsilon)\n"
_MOMENTUM = f"{_SQUARE}    {_PUSH}    return w - velocity, mean_square, velocity\n"
_ZEROS = "self.states = [tuple(np.zeros((3, *w.shape))) for w in weights]"
_START = f"if self.states is None:\n            {_ZEROS}"
_OWN_SQUARE = "mean_square = running_average(mean_square, gradient**2, self.rho)\n"
_OWN_MEAN = "mean_gradient = running_average(mean_gradient, gradient, self.rho)\n"
_OWN_SCALED = "scaled = scaled_gradient(gradient, mean_square, self.epsilon, mean_gradient)\n"
_OWN_PUSH = "velocity = self.momentum * velocity + self.learning_rate * scaled\n"
_OWN_MOVE = "moved.append(w - velocity)\n"
_OWN_KEEP = "states.append((mean_square, mean_gradient, velocity))\n"
_KEEP = "self.states = states\n"
_LOOP = (
    "moved, states = [], []\n"
    "        for w, (mean_square, mean_gradient, velocity), gradient in zip("
    "weights, self.states, gradients, strict=True):\n"
)


def _squares(rule: str) -> dict[str, str]:
    """Another rule for the average of squares, in every kind of step."""
    return {
        _PLAIN: _PLAIN.replace(_SQUARE, f"{rule}\n"),
        _CENTERED: _CENTERED.replace(_SQUARE, f"{rule}\n"),
        _MOMENTUM: _MOMENTUM.replace(_SQUARE, f"{rule}\n"),
        _OWN_SQUARE: rule.replace("rho", "self.rho") + "\n",
    }


def _pushes(rule: str) -> dict[str, str]:
    """Another rule for the velocity, in the step and in the optimizer; SCALED stands for the scaled gradient."""
    scaled = "scaled_gradient(gradient, mean_square, epsilon)"
    own = rule.replace("momentum", "self.momentum").replace("learning_rate", "self.learning_rate")
    return {_PUSH: rule.replace("SCALED", scaled) + "\n", _OWN_PUSH: own.replace("SCALED", "scaled") + "\n"}


MISTAKES = (
    Mistake(
        name="share_of_the_new_value_missing",
        says="an average in which the new value has its full weight",
        hint="If every value were 1, which number should the average come to in the long run?",
        edits={_AVERAGE: "return rho * average + value"},
    ),
    Mistake(
        name="shares_swapped",
        says="an average that keeps a share of 1 - rho",
        hint="With a rho of 0.9, does one new value change the average much or little?",
        edits={_AVERAGE: "return (1 - rho) * average + rho * value"},
    ),
    Mistake(
        name="sum_of_everything",
        says="a sum that forgets nothing, as in AdaGrad",
        hint="What is left of the first gradient after a hundred steps, and what should be left?",
        edits={_AVERAGE: "return average + value"},
    ),
    Mistake(
        name="no_memory",
        says="an average that holds the last value only",
        hint="Where does the average before this value come in?",
        edits={_AVERAGE: "return value + 0 * average"},
    ),
    Mistake(
        name="new_value_damped_by_rho",
        says="an average of which rho multiplies both parts",
        hint="The shares of the old average and of the new value add up to what? Try a rho of 0.9.",
        edits={_AVERAGE: "return rho * (average + (1 - rho) * value)"},
    ),
    Mistake(
        name="root_missing",
        says="a division by the mean square itself",
        hint="How long is the first step for a gradient of 1, and for one of 25? They should be equal.",
        edits={_SCALED: "return gradient / (mean_square - mean_gradient**2 + epsilon)"},
    ),
    Mistake(
        name="multiplied_by_the_root",
        says="a multiplication where the division belongs",
        hint="Should a weight with large gradients get longer steps than one with small gradients?",
        edits={_SCALED: "return gradient * np.sqrt(mean_square - mean_gradient**2 + epsilon)"},
    ),
    Mistake(
        name="epsilon_outside_the_root",
        says="an epsilon that is added to the root",
        hint="A large epsilon shows where it stands. What does the handout add it to?",
        edits={_SCALED: "return gradient / (np.sqrt(mean_square - mean_gradient**2) + epsilon)"},
    ),
    Mistake(
        name="epsilon_added_to_the_quotient",
        says="an epsilon that is added to the quotient",
        hint="What is the step of a weight whose gradients have all been zero? Look at the brackets.",
        edits={_SCALED: "return gradient / np.sqrt(mean_square - mean_gradient**2) + epsilon"},
    ),
    Mistake(
        name="epsilon_missing",
        says="a division without epsilon",
        hint="What is the step of a weight whose gradients have all been zero?",
        edits={_SCALED: "return gradient / np.sqrt(mean_square - mean_gradient**2)"},
    ),
    Mistake(
        name="epsilon_fixed",
        says="an epsilon that is always 1e-7",
        hint="Which arguments of the function are never looked at?",
        edits={_SCALED: _SCALED.replace("+ epsilon", "+ 1e-7")},
    ),
    Mistake(
        name="mean_gradient_without_square",
        says="a mean gradient that is taken off without its square",
        hint="What is the unit of mean_square, and what that of mean_gradient? Only like can be taken from like.",
        edits={_SCALED: "return gradient / np.sqrt(mean_square - mean_gradient + epsilon)"},
    ),
    Mistake(
        name="mean_gradient_added",
        says="a mean gradient whose square is added",
        hint="Gradients that all agree have no spread. Does the divisor get smaller for them?",
        edits={_SCALED: "return gradient / np.sqrt(mean_square + mean_gradient**2 + epsilon)"},
    ),
    Mistake(
        name="gradient_centered_too",
        says="a gradient from which its mean is taken off",
        hint="Where does mean_gradient stand in the rule: above the fraction bar, or below it?",
        edits={_SCALED: _SCALED.replace("return gradient /", "return (gradient - mean_gradient) /")},
    ),
    Mistake(
        name="not_centered",
        says="plain RMSprop where the centered form is asked for",
        hint="Lay the plain rule and the centered one side by side. What is under the root of the second one?",
        edits={_SCALED: "return gradient / np.sqrt(mean_square + epsilon)"},
    ),
    Mistake(
        name="gradients_without_square",
        says="an average of gradients that are not squared",
        hint="Gradients of 3 and of -3 take turns. What does their average come to, and what becomes of its root?",
        edits=_squares("mean_square = running_average(mean_square, gradient, rho)"),
    ),
    Mistake(
        name="square_of_the_average",
        says="gradients that are averaged first and squared afterwards",
        hint="Gradients of 3 and of -3 take turns. How large is the divisor for them, and how large should it be?",
        edits={
            **_squares("mean_square = running_average(mean_square, gradient, rho)"),
            _SCALED: "return gradient / np.sqrt(mean_square**2 - mean_gradient**2 + epsilon)",
        },
    ),
    Mistake(
        name="root_mean_square_averaged",
        says="an average of which the root is kept",
        hint="What should the next step start from: the mean square, or its root?",
        edits=_squares("mean_square = np.sqrt(running_average(mean_square, gradient**2, rho))"),
    ),
    Mistake(
        name="one_average_for_all_elements",
        says="one mean square that all elements share",
        hint="How many averages does a gradient of shape (2, 3) need, and who may know of whom?",
        edits=_squares("mean_square = running_average(mean_square, np.mean(gradient**2), rho)"),
    ),
    Mistake(
        name="uphill",
        says="steps uphill",
        hint="Follow the sign of the gradient on its way to the new weights. Does the loss rise or fall?",
        edits={
            _PLAIN_STEP: _PLAIN_STEP.replace("w - learning", "w + learning"),
            "return w - step": "return w + step",
            "return w - velocity": "return w + velocity",
            _OWN_MOVE: "moved.append(w + velocity)\n",
        },
    ),
    Mistake(
        name="step_with_the_old_average",
        says="a step that divides by an average without its own gradient",
        hint="What does the very first step divide by? Look at the order of the two lines.",
        edits={
            _PLAIN: (
                "new = running_average(mean_square, gradient**2, rho)\n"
                "    return w - learning_rate * scaled_gradient(gradient, mean_square, epsilon), new\n"
            )
        },
    ),
    Mistake(
        name="old_average_returned",
        says="an average that never takes in a gradient",
        hint="What should the next step find in mean_square, and what does it find?",
        edits={
            _PLAIN: (
                "new = running_average(mean_square, gradient**2, rho)\n"
                "    return w - learning_rate * scaled_gradient(gradient, new, epsilon), mean_square\n"
            )
        },
    ),
    Mistake(
        name="learning_rate_twice",
        says="a step in which the learning rate stands twice",
        hint="In how many places does the learning rate get into the step?",
        edits={_PLAIN_STEP: _PLAIN_STEP.replace("learning_rate *", "learning_rate**2 *")},
    ),
    Mistake(
        name="sign_of_the_gradient",
        says="a step along the sign of the gradient",
        hint="A large gradient after many small ones: should its step be longer than theirs?",
        edits={_PLAIN_STEP: "return w - learning_rate * np.sign(gradient), mean_square\n"},
    ),
    Mistake(
        name="result_rounded",
        says="weights that are rounded",
        hint="How many digits of the weights are carried from step to step?",
        edits={
            _PLAIN_STEP: (
                "new = w - learning_rate * scaled_gradient(gradient, mean_square, epsilon)\n"
                "    return np.round(new, 3), mean_square\n"
            )
        },
    ),
    Mistake(
        name="centered_with_the_old_mean",
        says="a centered step with the mean gradient of the step before",
        hint="Which of the two averages does the centered step refresh before it divides?",
        edits={
            f"{_MEAN}    {_CENTERED_STEP}": f"{_CENTERED_STEP}    {_MEAN}",
        },
    ),
    Mistake(
        name="squares_in_both_averages",
        says="a mean gradient that is fed with squares",
        hint="Two averages are kept. Of what is each of them an average?",
        edits={
            _MEAN: _MEAN.replace("gradient, rho", "gradient**2, rho"),
            _OWN_MEAN: _OWN_MEAN.replace("gradient, self", "gradient**2, self"),
        },
    ),
    Mistake(
        name="learning_rate_outside",
        says="a velocity without the learning rate, which comes in at the end",
        hint="When the learning rate is cut, what should happen to the speed that was gathered before?",
        edits={
            **_pushes("velocity = momentum * velocity + SCALED"),
            "return w - velocity": "return w - learning_rate * velocity",
            _OWN_MOVE: "moved.append(w - self.learning_rate * velocity)\n",
        },
    ),
    Mistake(
        name="velocity_with_a_minus_sign",
        says="a velocity that holds the minus sign, as that of SGD does",
        hint="Is the velocity of this topic added to the weights, or taken away from them?",
        edits={
            _PUSH: _PUSH.replace("+ learning", "- learning"),
            "return w - velocity": "return w + velocity",
        },
    ),
    Mistake(
        name="velocity_averaged",
        says="a velocity that takes a share of 1 - momentum of each step",
        hint="From rest, how long is the first step with momentum, and how long is it without?",
        edits=_pushes("velocity = momentum * velocity + (1 - momentum) * learning_rate * SCALED"),
    ),
    Mistake(
        name="shares_of_the_velocity_swapped",
        says="a velocity that keeps a share of 1 - momentum",
        hint="Read the rule with a momentum of 0. What should be left of it, and what is?",
        edits=_pushes("velocity = (1 - momentum) * velocity + learning_rate * SCALED"),
    ),
    Mistake(
        name="momentum_of_bare_gradients",
        says="a velocity of bare gradients, divided by the root as a whole",
        hint="What comes first: the division by the root, or the velocity? Old pushes have old divisors.",
        edits={
            _PUSH: "velocity = momentum * velocity + learning_rate * gradient\n",
            "return w - velocity": "return w - scaled_gradient(velocity, mean_square, epsilon)",
            _OWN_PUSH: "velocity = self.momentum * velocity + self.learning_rate * gradient\n",
            _OWN_MOVE: "moved.append(w - velocity / gradient * scaled)\n",
        },
    ),
    Mistake(
        name="nesterov_step",
        says="a step with Nesterov's momentum",
        hint="What is taken away from the weights: the new velocity, or the velocity one push ahead?",
        edits={
            "return w - velocity": (
                "ahead = learning_rate * scaled_gradient(gradient, mean_square, epsilon)\n"
                "    return w - momentum * velocity - ahead"
            ),
            _OWN_MOVE: "moved.append(w - self.momentum * velocity - self.learning_rate * scaled)\n",
        },
    ),
    Mistake(
        name="momentum_forgotten",
        says="an optimizer without momentum",
        hint="Which lines run differently when momentum is 0.6?",
        edits={_OWN_PUSH: "velocity = self.learning_rate * scaled\n"},
    ),
    Mistake(
        name="centered_flag_ignored",
        says="an optimizer that is never centered",
        hint="Which lines run differently when centered is True?",
        edits={f"            if self.centered:\n                {_OWN_MEAN}": ""},
    ),
    Mistake(
        name="always_centered",
        says="an optimizer that is always centered",
        hint="Which lines run differently when centered is False?",
        edits={f"if self.centered:\n                {_OWN_MEAN}": _OWN_MEAN},
    ),
    Mistake(
        name="bias_corrected",
        says="a mean square that is corrected for its start at zero, as in Adam",
        hint="How long is the very first step, in learning rates? The handout has a sentence on it.",
        edits={
            _START: f"self.count = getattr(self, 'count', 0) + 1\n        {_START}",
            _OWN_SCALED: (
                "scaled = scaled_gradient(gradient, mean_square / (1 - self.rho**self.count), self.epsilon, "
                "mean_gradient / (1 - self.rho**self.count))\n"
            ),
        },
    ),
    Mistake(
        name="average_starts_at_the_first_square",
        says="an average of squares that starts at the first square",
        hint="What does mean_square hold before the first gradient comes? The rules say so.",
        edits={_ZEROS: "self.states = [(g**2, 0.0 * g, 0.0 * g) for g in gradients]"},
    ),
    Mistake(
        name="average_starts_at_one",
        says="an average of squares that starts at one",
        hint="What does mean_square hold before the first gradient comes? The rules say so.",
        edits={_ZEROS: "self.states = [(np.ones(w.shape), np.zeros(w.shape), np.zeros(w.shape)) for w in weights]"},
    ),
    Mistake(
        name="averages_forgotten",
        says="averages that start from zero in every update",
        hint="What does the second update know of the first gradient?",
        edits={_START: _ZEROS},
    ),
    Mistake(
        name="averages_of_all_parameters",
        says="averages that all parameters share",
        hint="How many averages are there after an update of a matrix and a vector, and of which shapes?",
        edits={
            _START: "if self.states is None:\n            self.states = (0.0, 0.0, 0.0)",
            _LOOP: (
                "moved = []\n        for w, gradient in zip(weights, gradients, strict=True):\n"
                "            mean_square, mean_gradient, velocity = self.states\n"
            ),
            _OWN_KEEP: "self.states = (mean_square, mean_gradient, velocity)\n",
            f"{_KEEP}        return": "return",
        },
    ),
    Mistake(
        name="averages_of_all_optimizers",
        says="averages that all optimizers share",
        hint="To whom do the averages belong: to one optimizer, to the class, or to the whole module?",
        edits={
            "self.states = None": "RMSprop.states = None",
            _START: _START.replace("self.states", "RMSprop.states"),
            _KEEP: "RMSprop.states = states\n",
        },
    ),
    Mistake(
        name="averages_in_whole_numbers",
        says="averages and velocities cut down to whole numbers",
        hint="Which dtype do the averages get when the weights start as whole numbers?",
        edits={_OWN_KEEP: "states.append(tuple(s.astype(w.dtype) for s in (mean_square, mean_gradient, velocity)))\n"},
    ),
    Mistake(
        name="learning_rate_of_the_beginning",
        says="the learning rate that the optimizer began with",
        hint="When the learning rate is set anew, which line of update gets to know of it?",
        edits={
            "self.states = None": "self.states, self.first_rate = None, learning_rate",
            _OWN_PUSH: "velocity = self.momentum * velocity + self.first_rate * scaled\n",
        },
    ),
    Mistake(
        name="gradient_of_the_start",
        says="the gradient of the start in every step",
        hint="The weights move on. Where is the slope measured that the third step uses?",
        edits={
            "trajectory = [w]": "trajectory, slope = [w], gradient(w)",
            "[gradient(w)]": "[slope]",
        },
    ),
    Mistake(
        name="new_optimizer_in_every_step",
        says="a descent that begins anew in every step",
        hint="The averages live in the optimizer. How many optimizers does a descent make?",
        edits={
            "[w] = optimizer.update(": "[w] = RMSprop(learning_rate, rho, momentum, epsilon, centered).update(",
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
        hint="Who else holds the array that is changed here? Think of the caller, and of the points kept on the way.",
        edits={_OWN_MOVE: "w -= velocity\n            moved.append(w)\n"},
    ),
    Mistake(
        name="averages_in_place",
        says="averages that are changed in place",
        hint="Who else holds the array that is changed here?",
        edits={_AVERAGE: "average *= rho\n    average += (1 - rho) * value\n    return average"},
    ),
)
