"""Known mistakes with weight regularisation."""

from grader.model import Mistake

_L1 = "return l1 * np.sum(np.abs(w))"
_L2 = "return l2 * np.sum(np.square(w))"
_GRADIENT = "return l1 * np.sign(w) + 2 * l2 * w"
_NETWORK = "return sum(l1_penalty(kernel, l1) + l2_penalty(kernel, l2) for kernel, bias in layers)"
_LOSS = "return np.mean(error**2) + l1_penalty(w, l1) + l2_penalty(w, l2)"
_DW = "dw = 2 * x.T @ error / len(x) + penalty_gradient(w, l1, l2)"
_DB = "db = 2 * np.mean(error)"
_STEP = "return w - learning_rate * dw, b - learning_rate * db"
_TOTAL = "total += len(x_batch) * regularized_loss(x_batch, y_batch, w, b, l1, l2)"
_MOVE = "w, b = regularized_step(x_batch, y_batch, w, b, learning_rate, l1, l2)"

MISTAKES = (
    Mistake(
        name="l2_with_one_half",
        says="L2 with a factor 1/2",
        hint="Some books put a factor before the sum of squares. Which one has the rule of the handout?",
        edits={_L2: "return 0.5 * l2 * np.sum(np.square(w))", _GRADIENT: "return l1 * np.sign(w) + l2 * w"},
    ),
    Mistake(
        name="l2_gradient_without_two",
        says="an L2 gradient that belongs to half the penalty",
        hint="Differentiate the penalty as it stands in the code: what becomes of the square?",
        edits={_GRADIENT: "return l1 * np.sign(w) + l2 * w"},
    ),
    Mistake(
        name="l2_penalty_halved",
        says="an L2 penalty that is half of what its gradient belongs to",
        hint="Differentiate the penalty as it stands in the code. Is that the gradient that the step uses?",
        edits={_L2: "return 0.5 * l2 * np.sum(np.square(w))"},
    ),
    Mistake(
        name="norm_instead_of_square",
        says="an L2 penalty with the norm in place of the sum of squares",
        hint="Does the penalty of the handout hold a square root? numpy.linalg.norm does.",
        edits={_L2: "return l2 * np.linalg.norm(w)"},
    ),
    Mistake(
        name="norms_of_a_matrix",
        says="penalties made of matrix norms",
        hint="For a matrix numpy.linalg.norm is another thing than for a vector. Which entries does it look at?",
        edits={_L1: "return l1 * np.linalg.norm(w, 1)", _L2: "return l2 * np.linalg.norm(w, 2) ** 2"},
    ),
    Mistake(
        name="square_of_the_sum",
        says="an L2 penalty that squares the sum",
        hint="What does the penalty of [1, -1] come to? Square and sum do not commute.",
        edits={_L2: "return l2 * np.sum(w) ** 2"},
    ),
    Mistake(
        name="absolute_value_of_the_sum",
        says="an L1 penalty that takes the absolute value of the sum",
        hint="What does the penalty of [1, -1] come to? Look at the order of the two operations.",
        edits={_L1: "return l1 * np.abs(np.sum(w))"},
    ),
    Mistake(
        name="no_absolute_value",
        says="an L1 penalty without absolute values",
        hint="Should a negative weight make the loss smaller?",
        edits={_L1: "return l1 * np.sum(w)"},
    ),
    Mistake(
        name="penalty_not_summed",
        says="a penalty for each weight instead of one for all",
        hint="How many numbers is a loss, and how many come out here?",
        edits={_L1: "return l1 * np.abs(w)", _L2: "return l2 * np.square(w)"},
    ),
    Mistake(
        name="mean_over_the_weights",
        says="penalties that are means over the weights",
        hint="Take an array that holds every weight twice: what should happen to the penalty?",
        edits={
            _L1: "return l1 * np.mean(np.abs(w))",
            _L2: "return l2 * np.mean(np.square(w))",
            _GRADIENT: "return (l1 * np.sign(w) + 2 * l2 * w) / w.size",
        },
    ),
    Mistake(
        name="gradient_divided_by_the_number_of_weights",
        says="a penalty gradient divided by the number of weights",
        hint="How does the gradient of one weight depend on how many others there are?",
        edits={_GRADIENT: "return (l1 * np.sign(w) + 2 * l2 * w) / np.size(w)"},
    ),
    Mistake(
        name="factors_swapped",
        says="penalties whose factors have changed places",
        hint="Which of the two factors comes first in L1L2, and which one belongs to the squares?",
        edits={
            _GRADIENT: "return l2 * np.sign(w) + 2 * l1 * w",
            _NETWORK: "return sum(l1_penalty(kernel, l2) + l2_penalty(kernel, l1) for kernel, bias in layers)",
            _LOSS: "return np.mean(error**2) + l1_penalty(w, l2) + l2_penalty(w, l1)",
        },
    ),
    Mistake(
        name="l1_gradient_proportional",
        says="an L1 gradient that grows with the weight",
        hint="Draw |w|: how does its slope at 3 compare with its slope at 1?",
        edits={_GRADIENT: "return l1 * w + 2 * l2 * w"},
    ),
    Mistake(
        name="l1_gradient_without_sign",
        says="an L1 gradient that pulls every weight the same way",
        hint="In which direction does the penalty pull a negative weight?",
        edits={_GRADIENT: "return l1 + 2 * l2 * w"},
    ),
    Mistake(
        name="l1_gradient_times_the_norm",
        says="an L1 gradient multiplied by the norm of the weights",
        hint="The slope of |w| is 1 or -1. What else stands in this product?",
        edits={_GRADIENT: "return l1 * np.sum(np.abs(w)) * np.sign(w) + 2 * l2 * w"},
    ),
    Mistake(
        name="sign_of_zero_is_one",
        says="an L1 gradient that takes zero for a positive weight",
        hint="What is the gradient for a weight that is exactly 0? The handout names Keras' choice.",
        edits={_GRADIENT: "return l1 * np.where(w >= 0, 1, -1) + 2 * l2 * w"},
    ),
    Mistake(
        name="sign_of_zero_is_minus_one",
        says="an L1 gradient that takes zero for a negative weight",
        hint="On which side does a weight stand that is exactly 0? The handout names Keras' choice.",
        edits={_GRADIENT: "return l1 * np.where(w > 0, 1, -1) + 2 * l2 * w"},
    ),
    Mistake(
        name="divided_by_the_absolute_value",
        says="an L1 gradient that divides by the absolute value",
        hint="What is 0 / 0? A weight may be exactly zero.",
        edits={_GRADIENT: "return l1 * w / np.abs(w) + 2 * l2 * w"},
    ),
    Mistake(
        name="gradient_in_whole_numbers",
        says="a penalty gradient cut down to whole numbers",
        hint="Which dtype does an array get that is made in the likeness of whole-number weights?",
        edits={
            _GRADIENT: (
                "gradient = np.empty_like(w)\n    gradient[...] = l1 * np.sign(w) + 2 * l2 * w\n    return gradient"
            )
        },
    ),
    Mistake(
        name="biases_cost_too",
        says="a network penalty that counts the biases",
        hint="Which of the arrays of a layer are free of charge?",
        edits={
            _NETWORK: (
                "return sum(l1_penalty(array, l1) + l2_penalty(array, l2) for layer in layers for array in layer)"
            )
        },
    ),
    Mistake(
        name="penalty_of_the_last_layer",
        says="a network penalty of the last layer alone",
        hint="How many of the layers does the sum see, if each pass of the loop starts it anew?",
        edits={
            _NETWORK: (
                "for kernel, bias in layers:\n        penalty = l1_penalty(kernel, l1) + l2_penalty(kernel, l2)\n"
                "    return penalty"
            )
        },
    ),
    Mistake(
        name="output_layer_free",
        says="a network penalty that leaves the output layer out",
        hint="Which layers have a kernel?",
        edits={_NETWORK: _NETWORK.replace("in layers", "in layers[:-1] or layers")},
    ),
    Mistake(
        name="mean_over_the_layers",
        says="a network penalty divided by the number of layers",
        hint="If a second layer is added, can the penalty become smaller?",
        edits={_NETWORK: _NETWORK.replace("for kernel, bias in layers)", "for kernel, bias in layers) / len(layers)")},
    ),
    Mistake(
        name="loss_without_penalty",
        says="a loss without its penalty",
        hint="Two terms make up the regularised loss. Which of them depends on x and y, and where is the other?",
        edits={_LOSS: "return np.mean(error**2)"},
    ),
    Mistake(
        name="bias_in_the_loss",
        says="a loss that charges for the bias",
        hint="Which parameters are free of charge?",
        edits={_LOSS: f"{_LOSS} + l1_penalty(b, l1) + l2_penalty(b, l2)"},
    ),
    Mistake(
        name="penalty_divided_by_the_rows",
        says="a penalty divided by the number of rows",
        hint="The data loss is a mean over rows. Is the penalty one, according to the handout?",
        edits={
            _LOSS: "return np.mean(error**2) + (l1_penalty(w, l1) + l2_penalty(w, l2)) / len(x)",
            _DW: "dw = (2 * x.T @ error + penalty_gradient(w, l1, l2)) / len(x)",
        },
    ),
    Mistake(
        name="bias_pulled_to_zero",
        says="a step that pulls the bias towards zero",
        hint="Where the rows are fitted exactly, should the bias move?",
        edits={_DB: f"{_DB} + penalty_gradient(b, l1, l2)"},
    ),
    Mistake(
        name="penalty_pushes_away",
        says="a step in which the penalty makes the weights grow",
        hint="Where the rows are fitted exactly, do the weights move towards zero?",
        edits={_DW: _DW.replace("+", "-")},
    ),
    Mistake(
        name="step_without_penalty",
        says="a step along the data loss alone",
        hint="Which function of this module does the step need, apart from the gradient of the data loss?",
        edits={_DW: "dw = 2 * x.T @ error / len(x)"},
    ),
    Mistake(
        name="decay_without_learning_rate",
        says="a decay that the learning rate does not multiply",
        hint="What happens to the weights when the learning rate is almost 0?",
        edits={_DW: "dw = 2 * x.T @ error / len(x)", _STEP: f"w = w - penalty_gradient(w, l1, l2)\n    {_STEP}"},
    ),
    Mistake(
        name="learning_rate_twice",
        says="a decay that the learning rate multiplies twice",
        hint="Count how often the learning rate stands before each of the two gradients.",
        edits={_DW: _DW.replace("+ penalty", "+ learning_rate * penalty")},
    ),
    Mistake(
        name="gradient_summed",
        says="a gradient of the data loss that is summed over the rows",
        hint="Give every row twice: should the gradient of a mean double?",
        edits={_DW: _DW.replace(" / len(x)", ""), _DB: "db = 2 * np.sum(error)"},
    ),
    Mistake(
        name="weights_in_place",
        says="weights that are changed in place",
        hint="After w -= …, what does the caller's own w hold?",
        edits={_STEP: "w -= learning_rate * dw\n    return w, b - learning_rate * db"},
    ),
    Mistake(
        name="gradient_built_in_the_weights",
        says="a penalty gradient that is built inside the weights",
        hint="After g = w and g *= …, what does the caller's own w hold?",
        edits={_GRADIENT: "g = w\n    g *= 2 * l2\n    g += l1 * np.sign(w)\n    return g"},
    ),
    Mistake(
        name="penalty_shared_among_batches",
        says="training that spreads the penalty over the batches of an epoch",
        hint="How much of the penalty counts in each step: a share, or all of it?",
        edits={
            _TOTAL: "share = len(x_batch) / len(x)\n            "
            + _TOTAL.replace("l1, l2)", "share * l1, share * l2)"),
            _MOVE: _MOVE.replace("l1, l2)", "share * l1, share * l2)"),
        },
    ),
    Mistake(
        name="history_without_penalty",
        says="a history of data losses",
        hint="What does fit show as its loss: the data loss alone?",
        edits={_TOTAL: "total += len(x_batch) * regularized_loss(x_batch, y_batch, w, b)"},
    ),
    Mistake(
        name="loss_after_the_step",
        says="losses that are taken after the step",
        hint="Is the loss of a batch taken before or after its step?",
        edits={f"{_TOTAL}\n            {_MOVE}": f"{_MOVE}\n            {_TOTAL}"},
    ),
    Mistake(
        name="mean_over_the_batches",
        says="an epoch's loss that counts a small batch like a full one",
        hint="The last batch may be smaller. How much should each row count?",
        edits={
            _TOTAL: "total += regularized_loss(x_batch, y_batch, w, b, l1, l2)",
            "losses.append(total / len(x))": "losses.append(total / np.ceil(len(x) / batch_size))",
        },
    ),
    Mistake(
        name="last_batch_dropped",
        says="training that leaves out the smaller last batch",
        hint="After one epoch, have all rows been used?",
        edits={"range(0, len(x), batch_size)": "range(0, len(x) - batch_size + 1, batch_size)"},
    ),
    Mistake(
        name="steps_without_the_factors",
        says="training that shows the penalty in its losses and does not feel it in its steps",
        hint="Are l1 and l2 handed on wherever they are needed?",
        edits={_MOVE: "w, b = regularized_step(x_batch, y_batch, w, b, learning_rate)"},
    ),
)
