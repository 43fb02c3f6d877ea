"""Forward propagation: known mistakes."""

from grader.model import Mistake

MISTAKES = (
    Mistake(
        name="sigmoid_mirrored",
        says="a sigmoid that falls where it should rise",
        hint="Is the sigmoid of a large positive number near 0 or near 1? Compare the signs in the exponent.",
        edits={"return 1 / (1 + np.exp(-x))": "return 1 / (1 + np.exp(x))"},
    ),
    Mistake(
        name="sigmoid_without_brackets",
        says="a sigmoid in which only the 1 is divided",
        hint="Which of / and + does Python work out first? The sigmoid of 0 should be 0.5.",
        edits={"return 1 / (1 + np.exp(-x))": "return 1 / 1 + np.exp(-x)"},
    ),
    Mistake(
        name="sigmoid_overflows",
        says="a sigmoid that is nan for large numbers",
        hint="What does np.exp(1000) give, and what is left when it is divided by itself?",
        edits={"return 1 / (1 + np.exp(-x))": "return np.exp(x) / (1 + np.exp(x))"},
    ),
    Mistake(
        name="sigmoid_twice",
        says="the sigmoid of the sigmoid",
        hint="All the values are close to 0.6. How often is the sigmoid applied?",
        edits={"return 1 / (1 + np.exp(-x))": "return 1 / (1 + np.exp(-1 / (1 + np.exp(-x))))"},
    ),
    Mistake(
        name="sigmoid_slope",
        says="the derivative of the sigmoid",
        hint="Does the sigmoid of a large number go to 1 or to 0? Here the function is asked for, not its slope.",
        edits={"return 1 / (1 + np.exp(-x))": "return np.exp(-x) / (1 + np.exp(-x)) ** 2"},
    ),
    Mistake(
        name="tanh_overflows",
        says="a tanh that is nan for large numbers",
        hint="What does np.exp(1000) give, and what is a difference of such numbers divided by their sum?",
        edits={"return np.tanh(x)": "return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"},
    ),
    Mistake(
        name="tanh_of_half_the_input",
        says="a stretched sigmoid that is tanh of x / 2",
        hint="At 0 tanh has the slope 1. How steep is a sigmoid that was only stretched to (-1, 1)?",
        edits={"return np.tanh(x)": "return 2 * sigmoid(x) - 1"},
    ),
    Mistake(
        name="tanh_slope",
        says="the derivative of tanh",
        hint="What is tanh of 0? Here the function is asked for, not its slope.",
        edits={"return np.tanh(x)": "return 1 - np.tanh(x) ** 2"},
    ),
    Mistake(
        name="relu_takes_column_maxima",
        says="the largest number of each column in place of relu",
        hint="What do np.max(x, 0) and np.maximum(x, 0) each do with their second argument?",
        edits={"return np.maximum(x, 0)": "return np.max(x, 0)"},
    ),
    Mistake(
        name="relu_folds",
        says="a relu that turns negative numbers into positive ones",
        hint="What becomes of -3 in the worked example?",
        edits={"return np.maximum(x, 0)": "return np.abs(x)"},
    ),
    Mistake(
        name="relu_leaks",
        says="a leaky relu",
        hint="The rule of the handout has one value for all negative numbers. Which one?",
        edits={"return np.maximum(x, 0)": "return np.where(x > 0, x, 0.2 * x)"},
    ),
    Mistake(
        name="relu_is_a_step",
        says="a step function in place of relu",
        hint="Above 0 relu lets a number through as it is. Is a comparison a number of that size?",
        edits={"return np.maximum(x, 0)": "return (x > 0) * 1.0"},
    ),
    Mistake(
        name="relu_in_place",
        says="a relu that writes into the array it was given",
        hint="After x[x < 0] = 0, what does the caller's own x hold?",
        edits={"return np.maximum(x, 0)": "x[x < 0] = 0\n    return x"},
    ),
    Mistake(
        name="softmax_overflows",
        says="a softmax that is nan for large numbers",
        hint="What does np.exp(1000) give? The handout says what softmax does not notice.",
        edits={"np.exp(x - np.max(x, axis=-1, keepdims=True))": "np.exp(x)"},
    ),
    Mistake(
        name="softmax_shifted_by_the_whole_batch",
        says="a softmax with the largest number of the whole batch subtracted",
        hint="A row lies 2000 below another one. What is left of it after this shift?",
        edits={"np.exp(x - np.max(x, axis=-1, keepdims=True))": "np.exp(x - np.max(x))"},
    ),
    Mistake(
        name="softmax_along_the_first_axis",
        says="a softmax whose columns sum to 1",
        hint="An example is a row. Along which axis do its classes lie?",
        edits={
            "np.max(x, axis=-1, keepdims=True)": "np.max(x, axis=0, keepdims=True)",
            "np.sum(powers, axis=-1, keepdims=True)": "np.sum(powers, axis=0, keepdims=True)",
        },
    ),
    Mistake(
        name="softmax_over_everything",
        says="a softmax whose rows together sum to 1",
        hint="How large is the sum of one row, and how large should it be?",
        edits={"np.sum(powers, axis=-1, keepdims=True)": "np.sum(powers)"},
    ),
    Mistake(
        name="softmax_without_keepdims",
        says="a softmax that divides each column by the sum of a row",
        hint="Print the shapes of the two arrays that are divided. Which axis does NumPy line up with which?",
        edits={"np.sum(powers, axis=-1, keepdims=True)": "np.sum(powers, axis=-1)"},
    ),
    Mistake(
        name="softmax_without_powers",
        says="numbers divided by their sum, without powers of e",
        hint="Can a probability be negative? What makes every number positive first?",
        edits={
            "powers = np.exp(x - np.max(x, axis=-1, keepdims=True))": "powers = x",
        },
    ),
    Mistake(
        name="log_of_softmax",
        says="the logarithm of softmax",
        hint="Do the rows hold probabilities? The logarithm belongs to the loss.",
        edits={
            "return powers / np.sum(powers, axis=-1, keepdims=True)": (
                "return np.log(powers / np.sum(powers, axis=-1, keepdims=True))"
            )
        },
    ),
    Mistake(
        name="bias_left_out",
        says="a dense layer without its bias",
        hint="What does a layer put out for a row of zeros?",
        edits={"z = x @ kernel + bias": "z = x @ kernel"},
    ),
    Mistake(
        name="bias_after_the_activation",
        says="a dense layer that adds its bias after the activation",
        hint="Can a relu layer put out negative numbers? Look at the brackets in the rule.",
        edits={
            "z = x @ kernel + bias": "z = x @ kernel",
            'return z if activation == "linear" else functions[activation](z)': (
                'return (z if activation == "linear" else functions[activation](z)) + bias'
            ),
        },
    ),
    Mistake(
        name="bias_subtracted",
        says="a dense layer that subtracts its bias",
        hint="Is bias a threshold here, or a part of the sum?",
        edits={"z = x @ kernel + bias": "z = x @ kernel - bias"},
    ),
    Mistake(
        name="kernel_transposed",
        says="a dense layer with its kernel transposed",
        hint="Which axis of kernel has as many entries as x has columns?",
        edits={"z = x @ kernel + bias": "z = x @ (kernel.T if kernel.shape[0] == kernel.shape[1] else kernel) + bias"},
    ),
    Mistake(
        name="activation_ignored",
        says="a dense layer without its activation",
        hint="Can a sigmoid layer put out numbers above 1?",
        edits={'return z if activation == "linear" else functions[activation](z)': "return z"},
    ),
    Mistake(
        name="scores_bent_before_softmax",
        says="a softmax of scores that went through tanh first",
        hint="Which numbers does a softmax layer hand to softmax: the bare scores, or something made of them?",
        edits={
            'return z if activation == "linear" else functions[activation](z)': (
                'z = np.tanh(z) if activation == "softmax" else z\n'
                '    return z if activation == "linear" else functions[activation](z)'
            )
        },
    ),
    Mistake(
        name="activation_of_the_inputs",
        says="a dense layer that applies the activation to its inputs",
        hint="Which comes first in the rule, the product with kernel or the activation?",
        edits={
            "z = x @ kernel + bias": "z = x",
            'return z if activation == "linear" else functions[activation](z)': (
                'return (z if activation == "linear" else functions[activation](z)) @ kernel + bias'
            ),
        },
    ),
    Mistake(
        name="activation_of_the_first_layer",
        says="a network that uses the activation of its first layer everywhere",
        hint="Each layer has an activation of its own. Which one does the last layer name?",
        edits={"x = dense(x, kernel, bias, activation)": "x = dense(x, kernel, bias, layers[0][2])"},
    ),
    Mistake(
        name="linear_hidden_layers",
        says="a network whose hidden layers have no activation",
        hint="Without a bend between them, two layers are one linear map. Which layers have an activation?",
        edits={
            "for kernel, bias, activation in layers:": (
                "for number, (kernel, bias, activation) in enumerate(layers, start=1):"
            ),
            "x = dense(x, kernel, bias, activation)": (
                'x = dense(x, kernel, bias, activation if number == len(layers) else "linear")'
            ),
        },
    ),
    Mistake(
        name="linear_last_layer",
        says="a network whose last layer has no activation",
        hint="Are the predictions of a softmax layer probabilities? The last layer is a layer like the others.",
        edits={
            "for kernel, bias, activation in layers:": (
                "for number, (kernel, bias, activation) in enumerate(layers, start=1):"
            ),
            "x = dense(x, kernel, bias, activation)": (
                'x = dense(x, kernel, bias, "linear" if number == len(layers) else activation)'
            ),
        },
    ),
    Mistake(
        name="layers_in_reverse",
        says="a network that keeps its outputs in reverse order",
        hint="Which output stands first in the list, that of the first layer or that of the last?",
        edits={"    return outputs\n": "    return outputs[::-1]\n", "forward(x, layers)[-1]": "forward(x, layers)[0]"},
    ),
    Mistake(
        name="inputs_in_the_list",
        says="a list of outputs that begins with the inputs",
        hint="How many entries has the list for a network of one layer?",
        edits={"outputs = []": "outputs = [x]"},
    ),
    Mistake(
        name="prediction_only",
        says="a network that returns its prediction only",
        hint="The docstring asks for the output of every layer. What is needed besides the last?",
        edits={"    return outputs\n": "    return x\n", "forward(x, layers)[-1]": "forward(x, layers)"},
    ),
    Mistake(
        name="half_mean_squared_error",
        says="half the mean squared error",
        hint="Is there a factor 1/2 in the rule of the handout?",
        edits={"return np.mean((y_true - y_pred) ** 2)": "return np.mean((y_true - y_pred) ** 2) / 2"},
    ),
    Mistake(
        name="squared_errors_summed_over_columns",
        says="squared errors that are summed over the columns",
        hint="A prediction has three columns. By how many numbers is the sum of a row's squares divided?",
        edits={"return np.mean((y_true - y_pred) ** 2)": "return np.sum((y_true - y_pred) ** 2) / len(y_true)"},
    ),
    Mistake(
        name="root_mean_squared_error",
        says="the root of the mean squared error",
        hint="Is a square root taken in the rule of the handout?",
        edits={"return np.mean((y_true - y_pred) ** 2)": "return np.sqrt(np.mean((y_true - y_pred) ** 2))"},
    ),
    Mistake(
        name="mean_absolute_error",
        says="the mean absolute error",
        hint="How much more does an error of 2 cost than an error of 1?",
        edits={"return np.mean((y_true - y_pred) ** 2)": "return np.mean(np.abs(y_true - y_pred))"},
    ),
    Mistake(
        name="squared_error_of_each_row",
        says="one mean squared error for every row",
        hint="A loss is one number. Over which axes is the mean?",
        edits={"return np.mean((y_true - y_pred) ** 2)": "return np.mean((y_true - y_pred) ** 2, axis=-1)"},
    ),
    Mistake(
        name="minus_sign_forgotten",
        says="a categorical cross-entropy without its minus sign",
        hint="The logarithm of a probability is negative. Can a loss be negative?",
        edits={"return -np.sum(y_true * np.log(p)) / len(p)": "return np.sum(y_true * np.log(p)) / len(p)"},
    ),
    Mistake(
        name="crossentropy_averaged_over_classes",
        says="a categorical cross-entropy divided by the number of classes too",
        hint="How many rows are there, and how many numbers? The mean is over one of them.",
        edits={"return -np.sum(y_true * np.log(p)) / len(p)": "return -np.mean(y_true * np.log(p))"},
    ),
    Mistake(
        name="crossentropy_summed_over_rows",
        says="a categorical cross-entropy that is summed over the rows",
        hint="Give every row twice: should the loss double?",
        edits={"return -np.sum(y_true * np.log(p)) / len(p)": "return -np.sum(y_true * np.log(p))"},
    ),
    Mistake(
        name="targets_and_predictions_swapped",
        says="a categorical cross-entropy with the logarithm of the targets",
        hint="Most targets are 0. Of which of the two can a logarithm be taken?",
        edits={
            "return -np.sum(y_true * np.log(p)) / len(p)": (
                "return -np.sum(p * np.log(np.clip(y_true, 1e-7, 1 - 1e-7))) / len(p)"
            )
        },
    ),
    Mistake(
        name="crossentropy_of_the_other_classes_too",
        says="a categorical cross-entropy that also counts 1 - p of the other classes",
        hint="How many terms does a row with a one-hot target have in the rule?",
        edits={
            "return -np.sum(y_true * np.log(p)) / len(p)": (
                "return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)) / len(p)"
            )
        },
    ),
    Mistake(
        name="logarithm_to_base_2",
        says="a categorical cross-entropy in bits",
        hint="What is the logarithm of e? Several logarithms exist in NumPy.",
        edits={"return -np.sum(y_true * np.log(p)) / len(p)": "return -np.sum(y_true * np.log2(p)) / len(p)"},
    ),
    Mistake(
        name="logarithm_to_base_10",
        says="a categorical cross-entropy with the logarithm to base 10",
        hint="What does a prediction of 0.1 cost? In the handout it would be 2.302585.",
        edits={"return -np.sum(y_true * np.log(p)) / len(p)": "return -np.sum(y_true * np.log10(p)) / len(p)"},
    ),
    Mistake(
        name="most_likely_class_only",
        says="a categorical cross-entropy of hard targets where they are soft",
        hint="What does a target of [0.6, 0.4] say that [1, 0] does not?",
        edits={
            "return -np.sum(y_true * np.log(p)) / len(p)": (
                "return -np.mean(np.log(p[np.arange(len(p)), np.argmax(y_true, axis=1)]))"
            )
        },
    ),
    Mistake(
        name="categorical_not_clipped",
        says="a categorical cross-entropy that takes the logarithm of 0",
        hint="What does a prediction cost that is certain and wrong? The handout gives the number.",
        edits={"p = np.clip(p, 1e-7, 1 - 1e-7)\n": "p = p + 0.0\n"},
    ),
    Mistake(
        name="rows_not_scaled",
        says="a categorical cross-entropy of rows that do not sum to 1",
        hint="If every probability of a row is halved, what changes in Keras?",
        edits={"p = y_pred / np.sum(y_pred, axis=1, keepdims=True)": "p = y_pred"},
    ),
    Mistake(
        name="scaled_by_columns",
        says="a categorical cross-entropy that divides by the sum of each column",
        hint="What sums to 1 in a prediction: a row or a column?",
        edits={"np.sum(y_pred, axis=1, keepdims=True)": "np.sum(y_pred, axis=0, keepdims=True)"},
    ),
    Mistake(
        name="softmax_before_the_loss",
        says="a categorical cross-entropy with one more softmax in front",
        hint="The predictions are probabilities already. What does a second softmax do to them?",
        edits={"p = y_pred / np.sum(y_pred, axis=1, keepdims=True)": "p = softmax(y_pred)"},
    ),
    Mistake(
        name="predictions_clipped_in_place",
        says="a cross-entropy that clips the caller's own predictions",
        hint="Into which array does np.clip write when it is called with out=?",
        edits={"q = np.clip(y_pred, 1e-7, 1 - 1e-7)": "q = np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred)"},
    ),
    Mistake(
        name="predictions_scaled_in_place",
        says="a cross-entropy that divides the caller's own predictions",
        hint="After y_pred /= …, what does the caller's own array hold?",
        edits={
            "p = y_pred / np.sum(y_pred, axis=1, keepdims=True)": (
                "p = y_pred\n    p /= np.sum(y_pred, axis=1, keepdims=True)"
            )
        },
    ),
    Mistake(
        name="binary_counts_only_yes",
        says="a binary cross-entropy without its term for no",
        hint="What does a prediction of 0.9 cost when the target is 0?",
        edits={
            "return -np.mean(y_true * np.log(q) + (1 - y_true) * np.log(1 - q))": "return -np.mean(y_true * np.log(q))"
        },
    ),
    Mistake(
        name="binary_minus_sign_forgotten",
        says="a binary cross-entropy without its minus sign",
        hint="Should a loss become larger or smaller as the predictions get better?",
        edits={"return -np.mean(y_true * np.log(q)": "return np.mean(y_true * np.log(q)"},
    ),
    Mistake(
        name="binary_minus_sign_of_one_term",
        says="a binary cross-entropy whose minus sign reaches one of two terms",
        hint="How far does the minus reach? Look at the brackets in the rule.",
        edits={
            "return -np.mean(y_true * np.log(q) + (1 - y_true) * np.log(1 - q))": (
                "return np.mean(-y_true * np.log(q) + (1 - y_true) * np.log(1 - q))"
            )
        },
    ),
    Mistake(
        name="binary_summed_over_columns",
        says="a binary cross-entropy that is summed over the columns",
        hint="With four columns, by how many numbers is the sum divided?",
        edits={
            "return -np.mean(y_true * np.log(q) + (1 - y_true) * np.log(1 - q))": (
                "return -np.sum(y_true * np.log(q) + (1 - y_true) * np.log(1 - q)) / len(q)"
            )
        },
    ),
    Mistake(
        name="binary_not_clipped",
        says="a binary cross-entropy that takes the logarithm of 0",
        hint="What is 0 times the logarithm of 0 in NumPy? The handout says what happens before the logarithm.",
        edits={"q = np.clip(y_pred, 1e-7, 1 - 1e-7)": "q = y_pred"},
    ),
    Mistake(
        name="binary_clipped_below_only",
        says="a binary cross-entropy that clips at 0 and not at 1",
        hint="What is the logarithm of 1 - p for p = 1?",
        edits={"q = np.clip(y_pred, 1e-7, 1 - 1e-7)": "q = np.maximum(y_pred, 1e-7)"},
    ),
    Mistake(
        name="loss_of_the_first_layer",
        says="the loss of the first layer's output",
        hint="Which entry of the list of outputs is the prediction?",
        code=(
            "def evaluate(x, y_true, layers, loss):\n"
            "    prediction = forward(x, layers)[0][:, : y_true.shape[1]]\n"
            "    return globals()[loss](y_true, prediction)\n"
        ),
    ),
    Mistake(
        name="evaluated_with_one_more_softmax",
        says="a network that is evaluated after one more softmax",
        hint="What does the last layer of the network do already?",
        edits={"prediction = forward(x, layers)[-1]": "prediction = softmax(forward(x, layers)[-1])"},
    ),
    Mistake(
        name="evaluated_the_wrong_way_round",
        says="an evaluation that hands targets and predictions to the loss in the wrong order",
        hint="In which order does each loss take its two arrays? For one of the three the order makes no difference.",
        edits={"return losses[loss](y_true, prediction)": "return losses[loss](prediction, y_true)"},
    ),
    Mistake(
        name="always_the_squared_error",
        says="an evaluation that gives the mean squared error whatever loss is asked for",
        hint="What does the argument loss choose?",
        edits={"return losses[loss](y_true, prediction)": "return mean_squared_error(y_true, prediction)"},
    ),
)

_WITHIN_TOLERANCE = (
    "a probability of 1 costs 1e-7 at most, less than the tolerance; an unclipped 1 is a right answer too"
)

EQUIVALENT = {
    "categorical_crossentropy:14 - becomes +": _WITHIN_TOLERANCE,
    "categorical_crossentropy:14 1e-07 dropped": _WITHIN_TOLERANCE,
    "categorical_crossentropy:14 1 becomes 2": _WITHIN_TOLERANCE,
}
