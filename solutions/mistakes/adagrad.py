"""Known mistakes with AdaGrad."""

from grader.model import Mistake

_SUM = "return accumulator + gradient**2"
_RATE = "return learning_rate / np.sqrt(accumulator + epsilon)"
_ADD = "accumulator = accumulate(accumulator, gradient)\n"
_STEP = "return w - effective_learning_rate(accumulator, learning_rate, epsilon) * gradient, accumulator"
_FULL = "self.accumulators = [np.full(w.shape, self.initial_accumulator_value) for w in weights]"
_START = f"if self.accumulators is None:\n            {_FULL}"
_KEEP = "self.accumulators = [accumulator for _, accumulator in pairs]"
_DESCENT_START = "accumulator = np.full(w.shape, initial_accumulator_value)"
_DESCENT_STEP = "w, accumulator = adagrad_step(w, accumulator, gradient(w), learning_rate, epsilon)"


def _start(value: str) -> dict[str, str]:
    """Another start for the accumulators, in the optimizer and in a descent."""
    return {
        _FULL: _FULL.replace("self.initial_accumulator_value", value.replace("initial", "self.initial")),
        _DESCENT_START: _DESCENT_START.replace("initial_accumulator_value", value),
    }


MISTAKES = (
    Mistake(
        name="gradients_without_square",
        says="a sum of gradients that are not squared",
        hint="Gradients of 3 and of -3 come one after the other. What does the accumulator hold then?",
        edits={_SUM: "return accumulator + gradient"},
    ),
    Mistake(
        name="sum_of_sizes",
        says="a sum of the sizes of the gradients",
        hint="Of which power of the gradient is the accumulator a sum?",
        edits={_SUM: "return accumulator + np.abs(gradient)"},
    ),
    Mistake(
        name="decaying_average",
        says="an average that forgets, as RMSprop has it",
        hint="Can the accumulator get smaller, and should it?",
        edits={_SUM: "return 0.9 * accumulator + 0.1 * gradient**2"},
    ),
    Mistake(
        name="last_square_only",
        says="an accumulator that holds the last square only",
        hint="What is left of the first gradient when the second one has come?",
        edits={_SUM: "return gradient**2 + 0 * accumulator"},
    ),
    Mistake(
        name="one_sum_for_all_elements",
        says="one sum that all elements share",
        hint="How many numbers does a gradient of shape (2, 3) add to the accumulator, and to which of its elements?",
        edits={_SUM: "return accumulator + np.sum(gradient**2)"},
    ),
    Mistake(
        name="mean_over_the_elements",
        says="the mean square over all elements",
        hint="Whose gradients decide about the rate of one weight?",
        edits={_SUM: "return accumulator + np.mean(gradient**2)"},
    ),
    Mistake(
        name="sum_by_rows",
        says="one sum for each row of the weights",
        hint="Two weights in one row have different gradients. Do their accumulators differ?",
        edits={_SUM: "return accumulator + np.sum(gradient**2, axis=-1, keepdims=True)"},
    ),
    Mistake(
        name="square_of_the_sum",
        says="the square of a sum of sizes, where a sum of squares belongs",
        hint="Is the square taken before the sum or after it? With 1 and 1 the two give 2 and 4.",
        edits={_SUM: "return (np.sqrt(accumulator) + np.abs(gradient)) ** 2"},
    ),
    Mistake(
        name="root_missing",
        says="a division by the accumulator itself",
        hint="From an accumulator of zeros, how long is the first step for a gradient of 1, and for one of 25?",
        edits={_RATE: "return learning_rate / (accumulator + epsilon)"},
    ),
    Mistake(
        name="multiplied_by_the_root",
        says="a multiplication where the division belongs",
        hint="Should a weight that has had large gradients get a higher rate than others, or a lower one?",
        edits={_RATE: "return learning_rate * np.sqrt(accumulator + epsilon)"},
    ),
    Mistake(
        name="learning_rate_under_the_root",
        says="a learning rate that stands under the root",
        hint="When the learning rate is doubled, how much longer should the step get?",
        edits={_RATE: "return np.sqrt(learning_rate / (accumulator + epsilon))"},
    ),
    Mistake(
        name="epsilon_outside_the_root",
        says="an epsilon that is added to the root",
        hint="A large epsilon shows where it stands. What does the handout add it to?",
        edits={_RATE: "return learning_rate / (np.sqrt(accumulator) + epsilon)"},
    ),
    Mistake(
        name="epsilon_added_to_the_quotient",
        says="an epsilon that is added to the quotient",
        hint="What is the step of a weight whose gradients have all been zero? Look at the brackets.",
        edits={_RATE: "return learning_rate / np.sqrt(accumulator) + epsilon"},
    ),
    Mistake(
        name="epsilon_missing",
        says="a division without epsilon",
        hint="What is the step of a weight whose gradients have all been zero?",
        edits={_RATE: "return learning_rate / np.sqrt(accumulator)"},
    ),
    Mistake(
        name="epsilon_fixed",
        says="an epsilon that is always 1e-7",
        hint="Which arguments of the function are never looked at?",
        edits={_RATE: "return learning_rate / np.sqrt(accumulator + 1e-7)"},
    ),
    Mistake(
        name="uphill",
        says="steps uphill",
        hint="Follow the sign of the gradient on its way to the new weights. Does the loss rise or fall?",
        edits={_STEP: _STEP.replace("w - effective", "w + effective")},
    ),
    Mistake(
        name="step_with_the_old_accumulator",
        says="a step that does not know of its own gradient",
        hint="From an accumulator of zeros, what does the first step divide by? Look at the order of the two lines.",
        edits={
            f"{_ADD}    {_STEP}": _STEP.replace("gradient, accumulator", "gradient, accumulate(accumulator, gradient)")
        },
    ),
    Mistake(
        name="old_accumulator_returned",
        says="an accumulator that never grows",
        hint="What should the next step find in the accumulator, and what does it find?",
        edits={_ADD: "new = accumulate(accumulator, gradient)\n", _STEP: _STEP.replace("rate(accumulator", "rate(new")},
    ),
    Mistake(
        name="gradient_squared_in_the_step",
        says="a step along the square of the gradient",
        hint="What becomes of the sign of the gradient on its way into the step?",
        edits={_STEP: _STEP.replace("* gradient,", "* gradient**2,")},
    ),
    Mistake(
        name="sign_of_the_gradient",
        says="a step along the sign of the gradient",
        hint="Two gradients of different size meet equal accumulators. Should they make steps of equal length?",
        edits={_STEP: _STEP.replace("* gradient,", "* np.sign(gradient),")},
    ),
    Mistake(
        name="gradient_missing",
        says="a step without the gradient",
        hint="Count the factors in the step of the handout's third rule.",
        edits={_STEP: _STEP.replace(" * gradient,", ",")},
    ),
    Mistake(
        name="learning_rate_in_the_accumulator",
        says="an accumulator of gradients that the learning rate has scaled",
        hint="What is added up: gradients, or steps? The learning rate can cancel out of a step that way.",
        edits={_ADD: "accumulator = accumulate(accumulator, learning_rate * gradient)\n"},
    ),
    Mistake(
        name="learning_rate_twice",
        says="a step in which the learning rate stands twice",
        hint="Is the learning rate in the effective rate already?",
        edits={_STEP: _STEP.replace("w - effective", "w - learning_rate * effective")},
    ),
    Mistake(
        name="result_rounded",
        says="weights that are rounded",
        hint="How many digits of the weights are carried from step to step?",
        edits={
            _STEP: "return np.round(w - effective_learning_rate(accumulator, learning_rate, epsilon) * gradient, 3), "
            "accumulator"
        },
    ),
    Mistake(
        name="starts_at_zero",
        says="accumulators that start at zero whatever is given",
        hint="What does Keras put into an accumulator before the first gradient? There is an argument for it.",
        edits=_start("0.0"),
    ),
    Mistake(
        name="starts_at_one_tenth_always",
        says="accumulators that start at 0.1 whatever is given",
        hint="Which arguments are never looked at?",
        edits=_start("0.1"),
    ),
    Mistake(
        name="starts_at_one",
        says="accumulators that start at one",
        hint="What is in an accumulator before the first gradient comes? There is an argument for it.",
        edits=_start("1.0"),
    ),
    Mistake(
        name="starts_at_the_square",
        says="accumulators that start at the square of the initial value",
        hint="Is initial_accumulator_value a gradient, or is it a sum of squares already?",
        edits=_start("initial_accumulator_value**2"),
    ),
    Mistake(
        name="starts_at_the_first_square",
        says="accumulators that start full of the first square, which then is added once more",
        hint="How often does the first gradient get into the accumulator?",
        edits={
            _FULL: "self.accumulators = [g**2 for g in gradients]",
            _DESCENT_START: "accumulator = gradient(w) ** 2",
        },
    ),
    Mistake(
        name="start_in_whole_numbers",
        says="accumulators that start from a whole number, cut down from the one given",
        hint="Which dtype does an accumulator get that is made in the likeness of weights in whole numbers?",
        edits={
            _FULL: "self.accumulators = [np.full_like(w, self.initial_accumulator_value) for w in weights]",
            _DESCENT_START: "accumulator = np.full_like(w, initial_accumulator_value)",
        },
    ),
    Mistake(
        name="accumulators_in_whole_numbers",
        says="accumulators cut down to whole numbers after every update",
        hint="Which dtype do the accumulators have when the weights start as whole numbers? Can it hold decimals?",
        edits={
            _FULL: "self.accumulators = [np.full_like(w, self.initial_accumulator_value) for w in weights]",
            _KEEP: "for kept, (_, new) in zip(self.accumulators, pairs):\n            kept[...] = new",
        },
    ),
    Mistake(
        name="accumulators_forgotten",
        says="accumulators that start anew in every step",
        hint="What does the second step know of the first gradient?",
        edits={
            _START: _FULL,
            _DESCENT_STEP: f"{_DESCENT_START}\n        {_DESCENT_STEP}",
            f"{_DESCENT_START}\n    t": "t",
        },
    ),
    Mistake(
        name="one_accumulator_for_all_parameters",
        says="one accumulator that all parameters share",
        hint="How many accumulators are there after an update of a matrix and a vector, and of which shapes?",
        edits={
            _START: "if self.accumulators is None:\n            self.accumulators = self.initial_accumulator_value",
            "pairs = [\n            adagrad_step(w, accumulator, gradient, self.learning_rate, self.epsilon)\n"
            "            for w, accumulator, gradient in zip(weights, self.accumulators, gradients, strict=True)\n"
            "        ]": (
                "pairs = []\n        for w, gradient in zip(weights, gradients, strict=True):\n"
                "            settings = self.learning_rate, self.epsilon\n"
                "            pairs.append(adagrad_step(w, self.accumulators, gradient, *settings))\n"
                "            self.accumulators = pairs[-1][1]"
            ),
            _KEEP: "",
        },
    ),
    Mistake(
        name="accumulators_of_all_optimizers",
        says="accumulators that all optimizers share",
        hint="To whom do the accumulators belong: to one optimizer, to the class, or to the whole module?",
        edits={
            "self.accumulators = None": "Adagrad.accumulators = None",
            _START: _START.replace("self.accumulators", "Adagrad.accumulators"),
            _KEEP: _KEEP.replace("self", "Adagrad"),
        },
    ),
    Mistake(
        name="learning_rate_of_the_beginning",
        says="the learning rate that the optimizer began with",
        hint="When the learning rate is set anew, which line of update gets to know of it?",
        edits={
            "self.accumulators = None": "self.accumulators, self.first_rate = None, learning_rate",
            "gradient, self.learning_rate, self.epsilon)": "gradient, self.first_rate, self.epsilon)",
        },
    ),
    Mistake(
        name="gradient_of_the_start",
        says="the gradient of the start in every step",
        hint="The weights move on. Where is the slope measured that the third step uses?",
        edits={
            "trajectory = [w]": "trajectory, slope = [w], gradient(w)",
            _DESCENT_STEP: _DESCENT_STEP.replace("gradient(w)", "slope"),
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
        edits={
            _STEP: "w -= effective_learning_rate(accumulator, learning_rate, epsilon) * gradient\n"
            "    return w, accumulator"
        },
    ),
    Mistake(
        name="accumulators_in_place",
        says="accumulators that are changed in place",
        hint="Who else holds the array that is changed here?",
        edits={_SUM: "accumulator += gradient**2\n    return accumulator"},
    ),
)
