"""Known mistakes with Adam."""

from grader.model import Mistake

_M = "m = beta_1 * m + (1 - beta_1) * gradient"
_V = "v = beta_2 * v + (1 - beta_2) * gradient**2"
_RATE = "return learning_rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)"
_STEP = "return w - rate * m / (np.sqrt(v) + epsilon), m, v\n"
_ZEROS = "self.moments = [(np.zeros(w.shape), np.zeros(w.shape)) for w in weights]"
_START = f"if self.moments is None:\n            {_ZEROS}"
_COUNT = "self.step += 1"
_TRIPLES = """triples = [
            adam_step(w, m, v, self.step, gradient, *settings)
            for w, (m, v), gradient in zip(weights, self.moments, gradients, strict=True)
        ]"""
_KEEP = "self.moments = [(m, v) for _, m, v in triples]"
_UPDATE = "adam_step(w, m, v, self.step, gradient, *settings)"
_SHRUNK = "shrunk = w - learning_rate * weight_decay * w"
_AMSGRAD = "v_max = np.maximum(v_max, v)"
_AMSGRAD_STEP = "return w - rate * m / (np.sqrt(v_max) + epsilon), m, v, v_max"


def _step(formula: str) -> dict[str, str]:
    """Another formula for the step."""
    return {_STEP: f"return {formula}, m, v\n"}


MISTAKES = (
    Mistake(
        name="factors_missing",
        says="sums of gradients where averages belong",
        hint="If every gradient were 1, which number should m come to in the long run?",
        edits={_M: "m = beta_1 * m + gradient", _V: "v = beta_2 * v + gradient**2"},
    ),
    Mistake(
        name="shares_swapped",
        says="averages that keep a share of 1 - beta",
        hint="With a beta of 0.9, does one new gradient change its average much or little?",
        edits={
            _M: "m = (1 - beta_1) * m + beta_1 * gradient",
            _V: "v = (1 - beta_2) * v + beta_2 * gradient**2",
        },
    ),
    Mistake(
        name="betas_swapped",
        says="averages with each other's beta",
        hint="Which of the two averages has the longer memory, and which beta stands for a long one?",
        edits={_M: _M.replace("beta_1", "beta_2"), _V: _V.replace("beta_2", "beta_1")},
    ),
    Mistake(
        name="v_without_square",
        says="a v of gradients that are not squared",
        hint="Which sign has v when all gradients are negative, and what becomes of its root?",
        edits={_V: "v = beta_2 * v + (1 - beta_2) * gradient"},
    ),
    Mistake(
        name="v_made_of_m",
        says="a v that is made of m",
        hint="Of what is v an average? Trace each quantity that is squared to where it comes from.",
        edits={_V: "v = beta_2 * v + (1 - beta_2) * m**2"},
    ),
    Mistake(
        name="square_of_the_averages",
        says="a v whose memory is squared too",
        hint="Which part of the rule for v carries a square, and which does not?",
        edits={_V: "v = (beta_2 * v + (1 - beta_2) * gradient) ** 2"},
    ),
    Mistake(
        name="no_bias_correction",
        says="Adam without bias correction",
        hint="After a single gradient of 1, how far from 1 is its average m, and how far is v?",
        edits={_RATE: "return learning_rate"},
    ),
    Mistake(
        name="correction_without_power",
        says="the correction of the first step in every step",
        hint="How large is the correction in step 1, and how large should it be in step 1000?",
        edits={_RATE: "return learning_rate * np.sqrt(1 - beta_2) / (1 - beta_1)"},
    ),
    Mistake(
        name="power_outside",
        says="a correction with the power outside the difference",
        hint="What is raised to the power t, a beta or a difference? Late corrections should fade away.",
        edits={_RATE: "return learning_rate * np.sqrt((1 - beta_2) ** step) / (1 - beta_1) ** step"},
    ),
    Mistake(
        name="only_m_corrected",
        says="a correction of m only",
        hint="How many averages start at zero, and how many are corrected?",
        edits={_RATE: "return learning_rate / (1 - beta_1**step)"},
    ),
    Mistake(
        name="only_v_corrected",
        says="a correction of v only",
        hint="How many averages start at zero, and how many are corrected?",
        edits={_RATE: "return learning_rate * np.sqrt(1 - beta_2**step)"},
    ),
    Mistake(
        name="correction_without_root",
        says="a correction of v without the root",
        hint="In the step, v stands under a root. What does that mean for its correction?",
        edits={_RATE: "return learning_rate * (1 - beta_2**step) / (1 - beta_1**step)"},
    ),
    Mistake(
        name="correction_upside_down",
        says="a correction that is upside down",
        hint="An average that starts at zero is too small. Does the correction make m larger?",
        edits={_RATE: "return learning_rate * (1 - beta_1**step) / np.sqrt(1 - beta_2**step)"},
    ),
    Mistake(
        name="correction_one_step_ahead",
        says="a correction that is one step ahead",
        hint="Which number does the first step have, and which power does it get?",
        edits={_RATE: _RATE.replace("**step", "**(step + 1)")},
    ),
    Mistake(
        name="corrected_twice",
        says="a bias that is corrected twice",
        hint="In how many places is the start at zero made up for?",
        edits=_step(
            "w - rate * (m / (1 - beta_1**step)) / (np.sqrt(v / (1 - beta_2**step)) + epsilon)",
        ),
    ),
    Mistake(
        name="corrected_averages_kept",
        says="averages that are corrected and then kept",
        hint="What should the next step start from: the running average, or its corrected copy?",
        edits={
            _STEP: (
                "m, v = m / (1 - beta_1**step), v / (1 - beta_2**step)\n"
                "    return w - learning_rate * m / (np.sqrt(v) + epsilon), m, v\n"
            )
        },
    ),
    Mistake(
        name="root_missing",
        says="a division by v itself",
        hint="How long is the first step for a gradient of 1, and for one of 25? Both should be one learning rate.",
        edits=_step("w - rate * m / (v + epsilon)"),
    ),
    Mistake(
        name="multiplied_by_v",
        says="a multiplication where the division belongs",
        hint="Should a weight with large gradients get longer steps than one with small gradients?",
        edits=_step("w - rate * m * (np.sqrt(v) + epsilon)"),
    ),
    Mistake(
        name="direction_of_the_last_gradient",
        says="a step along the last gradient, where m belongs",
        hint="Which quantity gives the direction of the step: one that remembers, or one that forgets?",
        edits=_step("w - rate * gradient / (np.sqrt(v) + epsilon)"),
    ),
    Mistake(
        name="uphill",
        says="steps uphill",
        hint="Follow the sign of the gradient on its way to the new weights. Does the loss rise or fall?",
        edits=_step("w + rate * m / (np.sqrt(v) + epsilon)"),
    ),
    Mistake(
        name="epsilon_added_to_the_quotient",
        says="an epsilon that is added to the quotient",
        hint="What is the step of a weight whose gradients have all been zero? Look at the brackets.",
        edits=_step("w - rate * (m / np.sqrt(v) + epsilon)"),
    ),
    Mistake(
        name="epsilon_missing",
        says="a division without epsilon",
        hint="What is the step of a weight whose gradients have all been zero?",
        edits=_step("w - rate * m / np.sqrt(v)"),
    ),
    Mistake(
        name="epsilon_in_the_root",
        says="an epsilon inside the root",
        hint="A large epsilon shows where it stands. What does the handout add it to?",
        edits=_step("w - rate * m / np.sqrt(v + epsilon)"),
    ),
    Mistake(
        name="epsilon_in_the_corrected_root",
        says="an epsilon inside the root of the corrected average",
        hint="A large epsilon shows where it stands. Is it added before the root is taken, or after?",
        edits={
            _STEP: (
                "m_hat, v_hat = m / (1 - beta_1**step), v / (1 - beta_2**step)\n"
                "    return w - learning_rate * m_hat / np.sqrt(v_hat + epsilon), m, v\n"
            )
        },
    ),
    Mistake(
        name="epsilon_of_the_paper",
        says="an epsilon added after the correction, as in the paper",
        hint="A large epsilon shows what it is added to, √v or √v̂. Which of them does the handout name?",
        edits={
            _STEP: (
                "m_hat, v_hat = m / (1 - beta_1**step), v / (1 - beta_2**step)\n"
                "    return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v\n"
            )
        },
    ),
    Mistake(
        name="epsilon_fixed",
        says="an epsilon that is always 1e-8",
        hint="Which arguments of the function are never looked at?",
        edits=_step("w - rate * m / (np.sqrt(v) + 1e-8)"),
    ),
    Mistake(
        name="result_rounded",
        says="weights that are rounded",
        hint="How many digits of the weights are carried from step to step?",
        edits=_step("np.round(w - rate * m / (np.sqrt(v) + epsilon), 3)"),
    ),
    Mistake(
        name="averages_rounded",
        says="averages that are rounded",
        hint="How many digits of the averages are carried from step to step?",
        edits={
            _M: "m = np.round(beta_1 * m + (1 - beta_1) * gradient, 4)",
            _V: "v = np.round(beta_2 * v + (1 - beta_2) * gradient**2, 4)",
        },
    ),
    Mistake(
        name="count_from_zero",
        says="steps that are counted from 0",
        hint="Which number does the first step have? Work out the correction for it by hand.",
        edits={_UPDATE: _UPDATE.replace("self.step", "self.step - 1"), "in range(1, steps + 1)": "in range(steps)"},
    ),
    Mistake(
        name="count_stands_still",
        says="a count of steps that stands still",
        hint="Which number does the second step have, and who changes it?",
        edits={
            _COUNT: "self.step = 1",
            "adam_step(w, m, v, step, gradient(w)": "adam_step(w, m, v, 1, gradient(w)",
        },
    ),
    Mistake(
        name="count_of_parameters",
        says="a count that grows with every parameter",
        hint="How many steps have been made after one update of a matrix and a vector?",
        edits={_COUNT: "", _UPDATE: "adam_step(w, m, v, self.counted(), gradient, *settings)"},
        code=("def counted(self):\n    self.step += 1\n    return self.step\n\n\nAdam.counted = counted\n"),
    ),
    Mistake(
        name="averages_forgotten",
        says="averages that start from zero in every update",
        hint="What does the second update know of the first gradient?",
        edits={
            _START: _ZEROS,
            "adam_step(w, m, v, step, gradient(w)": "adam_step(w, 0 * w, 0 * w, step, gradient(w)",
        },
    ),
    Mistake(
        name="averages_of_all_parameters",
        says="one pair of averages that all parameters share",
        hint="How many averages are there after an update of a matrix and a vector, and of which shapes?",
        edits={
            _START: "self.moments = self.moments or (0.0, 0.0)",
            _TRIPLES: (
                "triples = []\n        for w, gradient in zip(weights, gradients, strict=True):\n"
                "            triples.append(adam_step(w, *self.moments, self.step, gradient, *settings))\n"
                "            self.moments = triples[-1][1:]"
            ),
            _KEEP: "",
        },
    ),
    Mistake(
        name="averages_of_all_optimizers",
        says="averages that all optimizers share",
        hint="To whom do the averages belong: to one optimizer, to the class, or to the whole module?",
        edits={
            "self.moments = None": "Adam.moments = None",
            _START: _START.replace("self", "Adam"),
            _KEEP: _KEEP.replace("self", "Adam"),
        },
    ),
    Mistake(
        name="averages_in_whole_numbers",
        says="averages cut down to whole numbers",
        hint="Which dtype do the averages get when the weights start as whole numbers?",
        edits={
            _ZEROS: "self.moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]",
            _KEEP: ("for kept, (_, *new) in zip(self.moments, triples):\n            kept[0][...], kept[1][...] = new"),
        },
    ),
    Mistake(
        name="gradient_of_the_start",
        says="the gradient of the start in every step",
        hint="The weights move on. Where is the slope measured that the third step uses?",
        edits={
            "trajectory = [w]": "trajectory, slope = [w], gradient(w)",
            "step, gradient(w), learning_rate": "step, slope, learning_rate",
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
        edits={_STEP: "w -= rate * m / (np.sqrt(v) + epsilon)\n    return w, m, v\n"},
    ),
    Mistake(
        name="averages_in_place",
        says="averages that are changed in place",
        hint="Who else holds the arrays that are changed here?",
        edits={
            _M: "m *= beta_1\n    m += (1 - beta_1) * gradient",
            _V: "v *= beta_2\n    v += (1 - beta_2) * gradient**2",
        },
    ),
    Mistake(
        name="decay_in_the_gradient",
        says="a decay that goes through the averages, like an L2 penalty",
        hint="Where does the decay enter: before the averages, or beside them?",
        edits={_SHRUNK: "shrunk, gradient = w, gradient + weight_decay * w"},
    ),
    Mistake(
        name="decay_without_learning_rate",
        says="a decay without the learning rate",
        hint="When the learning rate is cut to a tenth, how much less should the weights shrink?",
        edits={_SHRUNK: "shrunk = w - weight_decay * w"},
    ),
    Mistake(
        name="decay_grows",
        says="a decay with the wrong sign",
        hint="Without any gradient, do the weights get smaller or larger?",
        edits={_SHRUNK: "shrunk = w + learning_rate * weight_decay * w"},
    ),
    Mistake(
        name="amsgrad_without_maximum",
        says="Adam where AMSGrad is asked for",
        hint="After large gradients come small ones. Does the divisor shrink with them?",
        edits={_AMSGRAD_STEP: _AMSGRAD_STEP.replace("np.sqrt(v_max)", "np.sqrt(v)")},
    ),
    Mistake(
        name="amsgrad_maximum_as_average",
        says="an average that has been replaced by its maximum",
        hint="v and v_max are two things. Which of them does the next gradient go into?",
        edits={_AMSGRAD: "v_max = v = np.maximum(v_max, v)"},
    ),
    Mistake(
        name="amsgrad_maximum_after_correction",
        says="a maximum of corrected averages",
        hint="Of which number is the maximum taken: of v, or of its corrected copy?",
        edits={
            _AMSGRAD: "v_max = np.maximum(v_max, v / (1 - beta_2**step))",
            _AMSGRAD_STEP: _AMSGRAD_STEP.replace("rate * m", "learning_rate / (1 - beta_1**step) * m"),
        },
    ),
)
