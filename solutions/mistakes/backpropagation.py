"""Backpropagation: known mistakes."""

from grader.model import Mistake

_SIGMOID = "return dh * h * (1 - h)"
_TANH = "return dh * (1 - h**2)"
_RELU = "return dh * (h > 0)"
_ERROR = "error = prediction - y"
_MSE = "return 2 * error / error.size"
_CROSS_ENTROPY = "return error / len(error)"
_DENSE = "return h.T @ dz, dz.sum(axis=0), dz @ w.T"
_PARAMETERS = "dw, db, dh = dense_backward(dz, outputs[layer], weights[layer])"
_LISTS = "weight_gradients, bias_gradients = [], []"
_HIDDEN = "dz = activation_backward(dh, outputs[layer], activation)"
_BOTH_SIDES = "gradient[index] = (f(w + step) - f(w - step)) / (2 * epsilon)"
_CHECK = "return np.linalg.norm(gradient - numerical) / lengths if lengths > 0 else 0.0"
_NEW_WEIGHTS = "new_weights = [w - learning_rate * dw for w, dw in zip(weights, weight_gradients, strict=True)]"
_NEW_BIASES = "new_biases = [b - learning_rate * db for b, db in zip(biases, bias_gradients, strict=True)]"
_TRAINED = "weights, biases, value = train_step(x[rows], y[rows], weights, biases, activation, loss, learning_rate)"

MISTAKES = (
    Mistake(
        name="sigmoid_taken_twice",
        says="a sigmoid slope for which the sigmoid was taken a second time",
        hint="Is h what goes into the sigmoid or what comes out of it? At h = 0.5 the slope should be largest.",
        edits={_SIGMOID: "h = 1 / (1 + np.exp(-h))\n        return dh * h * (1 - h)"},
    ),
    Mistake(
        name="tanh_taken_twice",
        says="a tanh slope for which tanh was taken a second time",
        hint="Is h what goes into tanh or what comes out of it? Close to h = 1, how steep is the curve?",
        edits={_TANH: "return dh * (1 - np.tanh(h) ** 2)"},
    ),
    Mistake(
        name="tanh_without_square",
        says="a tanh slope without the square",
        hint="The curve of tanh is symmetric. Are the slopes at h = 0.8 and h = -0.8 equal?",
        edits={_TANH: "return dh * (1 - h)"},
    ),
    Mistake(
        name="tanh_with_the_slope_of_sigmoid",
        says="the sigmoid's slope for every smooth activation",
        hint="At its steepest point the slope of tanh is 1. What comes out for h = 0?",
        edits={_TANH: "return dh * h * (1 - h)"},
    ),
    Mistake(
        name="relu_looks_at_the_gradient",
        says="a relu that lets positive gradients pass",
        hint="What decides whether a unit was on: its own output, or the sign of the gradient that comes back?",
        edits={_RELU: "return dh * (dh > 0)"},
    ),
    Mistake(
        name="relu_never_off",
        says="a relu that lets the gradient pass where its output is 0",
        hint="relu's output is never below 0. Which outputs does a comparison with >= leave out?",
        edits={_RELU: "return dh * (h >= 0)"},
    ),
    Mistake(
        name="relu_multiplies_by_its_output",
        says="a relu that multiplies the gradient by its output",
        hint="Where a unit is on, relu hands its input on as it is. What is the slope of that?",
        edits={_RELU: "return dh * h"},
    ),
    Mistake(
        name="slope_alone",
        says="the slope of the activation without the gradient that came in",
        hint="The chain rule is a product. Which of its factors is dh?",
        edits={_SIGMOID: "return h * (1 - h)", _TANH: "return 1 - h**2", _RELU: "return (h > 0) * 1.0"},
    ),
    Mistake(
        name="function_in_place_of_its_slope",
        says="the activation itself in place of its slope",
        hint="Is the gradient to be multiplied by the height of the curve, or by how steep it is?",
        edits={_SIGMOID: "return dh * h", _TANH: "return dh * h"},
    ),
    Mistake(
        name="relu_in_place",
        says="a relu that writes zeros into the gradient it was given",
        hint="After dh[h <= 0] = 0, what does the caller's own dh hold?",
        edits={_RELU: "dh[h <= 0] = 0\n    return dh"},
    ),
    Mistake(
        name="summed_over_the_batch",
        says="gradients that are summed over the batch",
        hint="The loss is a mean. With every row given twice, should the gradient double?",
        edits={_MSE: "return 2 * error / error.shape[1]", _CROSS_ENTROPY: "return error"},
    ),
    Mistake(
        name="half_mean_squared_error",
        says="half the mean squared error",
        hint="Is there a factor 1/2 in the loss of the handout? Differentiate one squared error.",
        edits={_MSE: "return error / error.size"},
    ),
    Mistake(
        name="columns_summed",
        says="a mean squared error that is summed over the columns",
        hint="With three columns, how many squared errors does the mean of the handout run over?",
        edits={_MSE: "return 2 * error / len(error)"},
    ),
    Mistake(
        name="one_rule_for_both_losses",
        says="a mean squared error with the rule of the cross-entropy",
        hint="Both rules hold prediction - y. Compare the factors before it.",
        edits={_MSE: "return error / len(error)"},
    ),
    Mistake(
        name="cross_entropy_over_all_elements",
        says="a cross-entropy that is averaged over the columns too",
        hint="Over what does the mean of the cross-entropy run: the rows, or rows and columns?",
        edits={_CROSS_ENTROPY: "return error / error.size"},
    ),
    Mistake(
        name="target_minus_prediction",
        says="gradients with target minus prediction",
        hint="When a prediction is too large, should the gradient for it be positive or negative?",
        edits={_ERROR: "error = y - prediction"},
    ),
    Mistake(
        name="softmax_slope_twice",
        says="a cross-entropy with an extra factor p (1 - p)",
        hint="The rule prediction - y belongs to softmax and logarithm together. Which derivative is in it already?",
        edits={_CROSS_ENTROPY: "return error * prediction * (1 - prediction) / len(error)"},
    ),
    Mistake(
        name="stops_before_the_softmax",
        says="a gradient with respect to the probabilities",
        hint="dz belongs to the scores that go into the softmax. How far back does -y / prediction lead?",
        edits={_CROSS_ENTROPY: "return -y / prediction / len(error)"},
    ),
    Mistake(
        name="softmax_element_by_element",
        says="a softmax that is differentiated element by element",
        hint="If one score grows, what happens to the other probabilities of its row?",
        edits={_CROSS_ENTROPY: "return -y * (1 - prediction) / len(error)"},
    ),
    Mistake(
        name="handout_has_two_rows",
        says="a mean that always divides by two rows",
        hint="Where does the number of rows come from when the batch is not the one of the handout?",
        edits={_MSE: "return error / error.shape[1]", _CROSS_ENTROPY: "return error / 2"},
    ),
    Mistake(
        name="prediction_overwritten",
        says="a difference that is built inside the prediction",
        hint="After prediction -= y, what is left for somebody who needs the prediction later?",
        edits={_ERROR: "error = prediction\n    error -= y"},
    ),
    Mistake(
        name="divided_again",
        says="weight gradients that are divided by the number of rows twice",
        hint="dz carries a 1/n already. Where does another one come from?",
        edits={_DENSE: "return h.T @ dz / len(dz), dz.sum(axis=0), dz @ w.T"},
    ),
    Mistake(
        name="bias_gradient_averaged",
        says="bias gradients that are averaged over the rows",
        hint="dz carries a 1/n already. What is left to do over the rows?",
        edits={_DENSE: "return h.T @ dz, dz.mean(axis=0), dz @ w.T"},
    ),
    Mistake(
        name="both_divided_again",
        says="gradients of a layer that are divided by the number of rows twice",
        hint="dz carries a 1/n already. Do the sums over the rows divide again?",
        edits={_DENSE: "return h.T @ dz / len(dz), dz.mean(axis=0), dz @ w.T"},
    ),
    Mistake(
        name="bias_gradient_keeps_an_axis",
        says="bias gradients of shape (1, outputs)",
        hint="Compare the shape of db with the shape of b.",
        edits={_DENSE: "return h.T @ dz, dz.sum(axis=0, keepdims=True), dz @ w.T"},
    ),
    Mistake(
        name="one_bias_gradient_for_all_units",
        says="bias gradients that are summed over everything",
        hint="Each unit has a bias of its own. How many numbers does db have?",
        edits={_DENSE: "return h.T @ dz, np.full(dz.shape[1], dz.sum()), dz @ w.T"},
    ),
    Mistake(
        name="bias_gradient_along_the_columns",
        says="bias gradients that are summed along the wrong axis",
        hint="Rows are examples, columns are units. Which axis goes away when db is made?",
        edits={_DENSE: "return h.T @ dz, dz.sum(axis=1), dz @ w.T"},
    ),
    Mistake(
        name="bias_gradient_of_the_first_row",
        says="bias gradients that know one row only",
        hint="A bias acts on every row of the batch. Which rows are in db?",
        edits={_DENSE: "return h.T @ dz, dz[0], dz @ w.T"},
    ),
    Mistake(
        name="weight_gradient_transposed",
        says="weight gradients of shape (outputs, inputs)",
        hint="Compare the shape of dw with the shape of w.",
        edits={_DENSE: "return dz.T @ h, dz.sum(axis=0), dz @ w.T"},
    ),
    Mistake(
        name="weights_not_transposed",
        says="a way back through weights that are not transposed",
        hint="Forwards w leads from inputs to outputs. Which way must it lead on the way back?",
        edits={_DENSE: "return h.T @ dz, dz.sum(axis=0), dz @ w"},
    ),
    Mistake(
        name="input_gradient_first",
        says="a layer whose gradients come in the order dh, dw, db",
        hint="In which order does the docstring name the three gradients?",
        edits={_DENSE: "return dz @ w.T, h.T @ dz, dz.sum(axis=0)", "dw, db, dh = dense": "dh, dw, db = dense"},
    ),
    Mistake(
        name="hidden_slope_left_out",
        says="a way back that leaves out the activations",
        hint="Between dh of one layer and dz of the layer before stands the activation. Where is its slope?",
        edits={_HIDDEN: "dz = dh"},
    ),
    Mistake(
        name="hidden_slope_at_the_output",
        says="a last layer with the slope of the hidden activation",
        hint="Which activation does the last layer have?",
        edits={
            "dz = loss_backward(outputs[-1], y, loss)": (
                "dz = activation_backward(loss_backward(outputs[-1], y, loss), outputs[-1], activation)"
            )
        },
    ),
    Mistake(
        name="slope_of_the_neighbour",
        says="slopes that are taken from the layer before",
        hint="dz belongs to the layer that made h. At which entry of outputs is its slope taken?",
        edits={_HIDDEN: "dz = activation_backward(dh, outputs[layer - 1], activation)"},
    ),
    Mistake(
        name="output_in_place_of_input",
        says="weight gradients that are made of a layer's output",
        hint="dw needs what the layer was given. Which entry of outputs is that?",
        edits={_PARAMETERS: _PARAMETERS.replace("outputs[layer]", "outputs[layer + 1]")},
    ),
    Mistake(
        name="matrix_product_for_the_slope",
        says="a matrix product where the slope is multiplied element by element",
        hint="Each element of dh has a slope of its own. What does @ do, and what does * do?",
        edits={_HIDDEN: "dz = dh @ activation_backward(np.ones(dh.shape), outputs[layer], activation)"},
    ),
    Mistake(
        name="last_layer_first",
        says="gradients that are listed from the last layer to the first",
        hint="The walk begins at the last layer. At which end of a list does the next gradient go in?",
        edits={
            "weight_gradients.insert(0, dw)": "weight_gradients.append(dw)",
            "bias_gradients.insert(0, db)": "bias_gradients.append(db)",
        },
    ),
    Mistake(
        name="same_dz_for_all_layers",
        says="a way back that stays at the last layer",
        hint="In the second round of the loop, which dz is used?",
        edits={_HIDDEN: _HIDDEN.replace("dz =", "hidden_dz =")},
    ),
    Mistake(
        name="gradients_pile_up",
        says="gradients that pile up from call to call",
        hint="The second call gives more than the first. What is kept between two calls?",
        edits={
            "    return weight_gradients, bias_gradients\n": (
                "    key = str([w.shape for w in weights])\n"
                "    if key in _KEPT:\n"
                "        weight_gradients = [a + b for a, b in zip(weight_gradients, _KEPT[key][0])]\n"
                "        bias_gradients = [a + b for a, b in zip(bias_gradients, _KEPT[key][1])]\n"
                "    _KEPT[key] = weight_gradients, bias_gradients\n"
                "    return weight_gradients, bias_gradients\n"
            )
        },
        code="_KEPT = {}",
    ),
    Mistake(
        name="one_side_only",
        says="a difference to one side",
        hint="With an epsilon of 0.1, does the slope of w³ at 2 come out as 12.01 or as 12.61?",
        edits={_BOTH_SIDES: "gradient[index] = (f(w + step) - f(w)) / epsilon"},
    ),
    Mistake(
        name="divided_by_one_epsilon",
        says="a difference of both sides that is divided by one epsilon",
        hint="How far apart are the two points at which f is called?",
        edits={_BOTH_SIDES: "gradient[index] = (f(w + step) - f(w - step)) / epsilon"},
    ),
    Mistake(
        name="sides_swapped",
        says="a difference that is taken the wrong way round",
        hint="If f grows with w, which of the two values is the larger one?",
        edits={_BOTH_SIDES: "gradient[index] = (f(w - step) - f(w + step)) / (2 * epsilon)"},
    ),
    Mistake(
        name="all_elements_moved_together",
        says="differences for which all elements were moved together",
        hint="A gradient asks what one element does while the others stay. How many elements move?",
        edits={"step[index] = epsilon": "step[...] = epsilon"},
    ),
    Mistake(
        name="elements_not_moved_back",
        says="differences in which elements stay moved when the next one has its turn",
        hint="When the second element is moved, where is the first?",
        edits={
            "gradient = np.zeros(w.shape)\n": "gradient = np.zeros(w.shape)\n    step = np.zeros(w.shape)\n",
            "        step = np.zeros(w.shape)\n": "",
        },
    ),
    Mistake(
        name="one_number_per_row",
        says="differences along the first axis only",
        hint="How many elements has a matrix of two rows and three columns, and how many numbers its gradient?",
        edits={"for index in np.ndindex(w.shape):": "for index in range(len(w)):"},
    ),
    Mistake(
        name="epsilon_too_small",
        says="differences with an epsilon that vanishes beside w",
        hint="Print 1 + 1e-17 - 1. How many digits does a float have?",
        edits={"step[index] = epsilon": "epsilon = 1e-17\n        step[index] = epsilon"},
    ),
    Mistake(
        name="cut_to_whole_numbers",
        says="differences in an array of whole numbers",
        hint="Which number type does w have where it holds whole numbers, and what is left of epsilon in it?",
        edits={
            "step = np.zeros(w.shape)": "step = np.zeros_like(w)",
            "gradient = np.zeros(w.shape)": "gradient = np.zeros_like(w)",
        },
    ),
    Mistake(
        name="moved_in_whole_numbers",
        says="differences for which whole numbers were moved by less than one",
        hint="Which number type has the copy of w in which an element is moved?",
        code="""
def numerical_gradient(f, w, epsilon=1e-5):
    gradient, moved = np.zeros(w.shape), w.copy()
    for index in np.ndindex(w.shape):
        before = moved[index]
        moved[index] = before + epsilon
        above = f(moved)
        moved[index] = before - epsilon
        below = f(moved)
        moved[index] = before
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        name="moved_in_place",
        says="differences for which the given array was moved to and fro",
        hint="After w += step and w -= step, is every digit of the caller's w what it was?",
        edits={
            _BOTH_SIDES: (
                "if w.dtype.kind != 'f':\n"
                "            w = w.astype(float)\n"
                "        w += step\n"
                "        above = f(w)\n"
                "        w -= 2 * step\n"
                "        gradient[index] = (above - f(w)) / (2 * epsilon)\n"
                "        w += step"
            )
        },
    ),
    Mistake(
        name="epsilon_not_handed_on",
        says="a check with an epsilon of its own",
        hint="Which epsilon does the numerical gradient get when the check is called with another one?",
        edits={"numerical = numerical_gradient(f, w, epsilon)": "numerical = numerical_gradient(f, w)"},
    ),
    Mistake(
        name="difference_not_scaled",
        says="a check that leaves the difference as it is",
        hint="Is a difference of 0.001 much? What is it compared with?",
        edits={_CHECK: "return np.linalg.norm(gradient - numerical)"},
    ),
    Mistake(
        name="scaled_by_one_gradient",
        says="a check that divides by one of the two lengths",
        hint="The error of the opposite gradient should be 1. Which lengths are in the divisor?",
        edits={
            _CHECK: "return np.linalg.norm(gradient - numerical) / np.linalg.norm(numerical) if lengths > 0 else 0.0"
        },
    ),
    Mistake(
        name="squares_without_root",
        says="a check with squared lengths",
        hint="The length of [3, 4] is 5. Is it, here?",
        edits={
            "lengths = np.linalg.norm(gradient) + np.linalg.norm(numerical)": (
                "lengths = np.sum(gradient**2) + np.sum(numerical**2)"
            ),
            _CHECK: "return np.sum((gradient - numerical) ** 2) / lengths if lengths > 0 else 0.0",
        },
    ),
    Mistake(
        name="lengths_compared",
        says="a check that compares lengths only",
        hint="Two gradients of the same length can point in opposite directions. Of what is the length taken?",
        edits={
            _CHECK: (
                "return abs(np.linalg.norm(gradient) - np.linalg.norm(numerical)) / lengths if lengths > 0 else 0.0"
            )
        },
    ),
    Mistake(
        name="zero_by_zero",
        says="a check that divides zero by zero",
        hint="What is the divisor where both gradients are zero?",
        edits={_CHECK: "return np.linalg.norm(gradient - numerical) / lengths"},
    ),
    Mistake(
        name="uphill",
        says="steps in the direction of the gradient",
        hint="The gradient points where the loss grows. In which direction should a weight move?",
        edits={
            _NEW_WEIGHTS: _NEW_WEIGHTS.replace("w - learning_rate", "w + learning_rate"),
            _NEW_BIASES: _NEW_BIASES.replace("b - learning_rate", "b + learning_rate"),
        },
    ),
    Mistake(
        name="biases_never_move",
        says="steps that leave the biases where they are",
        hint="Which of the parameters differ from their start after one step?",
        edits={_NEW_BIASES: "new_biases = list(biases)"},
    ),
    Mistake(
        name="only_the_last_layer_moves",
        says="steps of the last layer alone",
        hint="Which layers differ from their start after one step?",
        edits={
            _NEW_WEIGHTS: "new_weights = [*weights[:-1], weights[-1] - learning_rate * weight_gradients[-1]]",
            _NEW_BIASES: "new_biases = [*biases[:-1], biases[-1] - learning_rate * bias_gradients[-1]]",
        },
    ),
    Mistake(
        name="way_back_through_new_weights",
        says="steps whose way back leads through weights that have moved already",
        hint="When a layer is updated before the gradient has passed through it, which weights does the gradient meet?",
        edits={
            "    weight_gradients, bias_gradients = backpropagate(outputs, y, weights, activation, loss)\n": (
                "    moved = list(weights)\n"
                "    for layer in reversed(range(len(weights))):\n"
                "        weight_gradients, bias_gradients = backpropagate(outputs, y, moved, activation, loss)\n"
                "        moved[layer] = weights[layer] - learning_rate * weight_gradients[layer]\n"
            )
        },
    ),
    Mistake(
        name="row_by_row_with_old_outputs",
        says="steps of one row at a time with outputs from before the first of them",
        hint="After the first row has moved the weights, whose outputs are those of the second row?",
        edits={
            "    new_weights = [w - learning_rate * dw for w, dw in zip(weights, weight_gradients, strict=True)]\n"
            "    new_biases = [b - learning_rate * db for b, db in zip(biases, bias_gradients, strict=True)]\n": (
                "    new_weights, new_biases = list(weights), list(biases)\n"
                "    for row in range(len(x)):\n"
                "        part = [h[row : row + 1] for h in outputs]\n"
                "        dws, dbs = backpropagate(part, y[row : row + 1], new_weights, activation, loss)\n"
                "        new_weights = [w - learning_rate / len(x) * dw for w, dw in zip(new_weights, dws)]\n"
                "        new_biases = [b - learning_rate / len(x) * db for b, db in zip(new_biases, dbs)]\n"
            )
        },
    ),
    Mistake(
        name="loss_after_the_step",
        says="losses of batches that have made their step already",
        hint="With which weights was the prediction made that the returned loss belongs to?",
        edits={
            "loss_value(outputs[-1], y, loss)\n    ### END": (
                "loss_value(forward(x, new_weights, new_biases, activation, loss)[-1], y, loss)\n    ### END"
            )
        },
    ),
    Mistake(
        name="weights_updated_in_place",
        says="steps that write into the weights they were given",
        hint="After w -= …, what does the caller's own list of weights hold?",
        edits={
            _NEW_WEIGHTS: (
                "for w, dw in zip(weights, weight_gradients, strict=True):\n"
                "        w -= learning_rate * dw\n"
                "    new_weights = weights"
            ),
        },
    ),
    Mistake(
        name="partial_batch_dropped",
        says="training without the rows that do not fill a batch",
        hint="Eleven rows in batches of four: are all eleven seen in an epoch?",
        edits={"range(0, len(x), batch_size)": "range(0, len(x) - batch_size + 1, batch_size)"},
    ),
    Mistake(
        name="all_rows_for_every_batch",
        says="training in which every batch steps with all rows",
        hint="Which rows does one step look at?",
        edits={_TRAINED: _TRAINED.replace("x[rows], y[rows]", "x, y")},
    ),
    Mistake(
        name="every_epoch_from_the_start",
        says="training that goes back to the first weights in every epoch",
        hint="Which weights does the second epoch begin with?",
        edits={
            "    losses = []\n": "    losses = []\n    first = weights, biases\n",
            "total = 0.0\n": "total = 0.0\n        weights, biases = first\n",
        },
    ),
    Mistake(
        name="stops_after_one_epoch",
        says="training that ends after its first epoch",
        hint="How far to the right does the return stand, and how often does the outer loop run?",
        edits={"    return weights, biases, np.array(losses)": "        return weights, biases, np.array(losses)"},
    ),
    Mistake(
        name="loss_after_the_epoch",
        says="losses that are measured when the epoch is over",
        hint='With which weights does history["loss"] see the first batch of an epoch?',
        edits={
            "losses.append(total / len(x))": (
                "losses.append(loss_value(forward(x, weights, biases, activation, loss)[-1], y, loss))"
            )
        },
    ),
    Mistake(
        name="loss_is_a_mean_of_batches",
        says="losses in which a small batch weighs as much as a full one",
        hint="In a mean over all rows, how much does a row of the last, smaller batch weigh?",
        edits={
            "total += value * len(x[rows])": "total += value",
            "losses.append(total / len(x))": "losses.append(total / -(-len(x) // batch_size))",
        },
    ),
    Mistake(
        name="loss_of_the_last_batch",
        says="losses that know only the last batch of an epoch",
        hint="Which rows go into the loss of an epoch?",
        edits={"total += value * len(x[rows])": "total = value * len(x)"},
    ),
)

_SPARED_WORK = "the guard spares the gradient of the inputs, which nobody takes: to compute it changes no answer"

EQUIVALENT = {
    "backpropagate:21 > becomes >=": _SPARED_WORK,
    "backpropagate:21 0 becomes -1": _SPARED_WORK,
}
