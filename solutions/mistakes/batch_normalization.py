"""Known mistakes with batch normalisation."""

from grader.model import Mistake

_STATISTICS = """axes = tuple(range(x.ndim - 1))
    mean = np.mean(x, axis=axes)
    return mean, np.mean((x - mean) ** 2, axis=axes)"""
_NORMALIZE = "return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta"
_MOVING = "return momentum * moving + (1 - momentum) * batch"
_INFERENCE = "return normalize(x, moving_mean, moving_variance, gamma, beta, epsilon), moving_mean, moving_variance"
_FORWARD = "y = normalize(x, mean, variance, gamma, beta, epsilon)"
_NEW_MEAN = "update_moving(moving_mean, mean, momentum)"
_NEW_VARIANCE = "update_moving(moving_variance, variance, momentum)"
_DEVIATION = "deviation = np.sqrt(variance + epsilon)"
_X_HAT = "x_hat = (x - mean) / deviation"
_DBETA = "dbeta = np.sum(dy, axis=axes)"
_DGAMMA = "dgamma = np.sum(dy * x_hat, axis=axes)"
_COUNT = "count = x.size / x.shape[-1]"
_DX = "dx = gamma / deviation * (dy - dbeta / count - x_hat * dgamma / count)"
_GRADIENTS = "return dx, dgamma, dbeta"
_DPREDICTION = "dprediction = 2 * error / len(x)"
_DNORMALIZED = 'dnormalized = np.outer(dprediction, weights["output_kernel"]) * (h > 0)'
_RELU = "h = np.maximum(normalized, 0)"
_MOVED = "moved = {name: weights[name] - learning_rate * gradient for name, gradient in gradients.items()}"
_STEP = "weights, loss = train_step(x_batch, y_batch, weights, learning_rate, momentum, epsilon)"
_TOTAL = "total += loss * len(x_batch)"
_PREDICT = "*averages, False, epsilon=epsilon)"

MISTAKES = (
    Mistake(
        name="one_mean_for_everything",
        says="one mean and one variance for the whole batch",
        hint="How many means does a table with four columns have?",
        edits={
            _STATISTICS: "ones = np.ones(x.shape[-1])\n    return np.mean(x) * ones, np.var(x) * ones",
        },
    ),
    Mistake(
        name="statistics_of_rows",
        says="means and variances over the features of each row",
        hint="Over which axis is a mean taken: over the rows, or over the features? The shape of the answer tells.",
        edits={
            _STATISTICS: "return np.mean(x, axis=-1), np.var(x, axis=-1)",
            _FORWARD: (
                "rows = {'axis': -1, 'keepdims': True}\n"
                "    y = gamma * (x - x.mean(**rows)) / np.sqrt(x.var(**rows) + epsilon) + beta\n"
                "    mean, variance = mean.mean() * np.ones(len(gamma)), variance.mean() * np.ones(len(gamma))"
            ),
            _DEVIATION: (
                "mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)\n    " + _DEVIATION
            ),
        },
    ),
    Mistake(
        name="statistics_over_the_first_axis",
        says="means and variances over the first axis alone",
        hint="An image has four axes. Over which of them does a channel have one common mean?",
        edits={_STATISTICS: _STATISTICS.replace("axes = tuple(range(x.ndim - 1))", "axes = 0")},
    ),
    Mistake(
        name="unbiased_variance",
        says="a variance divided by N - 1",
        hint="By which number does the handout divide the sum of the squared deviations?",
        edits={
            _STATISTICS: (
                "axes = tuple(range(x.ndim - 1))\n    count = x.size / x.shape[-1]\n"
                "    return np.mean(x, axis=axes), np.var(x, axis=axes) * count / max(count - 1, 1)"
            )
        },
    ),
    Mistake(
        name="unbiased_moving_variance",
        says="a moving variance of batches divided by N - 1",
        hint="There are two choices for the variance that goes into the moving average. Which one is Keras'?",
        edits={
            _NEW_VARIANCE: (
                "update_moving(moving_variance, variance * (x.size / max(x.size - x.shape[-1], 1)), momentum)"
            )
        },
    ),
    Mistake(
        name="squares_minus_square",
        says="a variance as the mean of the squares minus the square of the mean",
        hint="What is left of 16 digits when two numbers of fifteen equal digits are subtracted?",
        edits={
            _STATISTICS: (
                "axes = tuple(range(x.ndim - 1))\n    mean = np.mean(x, axis=axes)\n"
                "    return mean, np.mean(x**2, axis=axes) - mean**2"
            )
        },
    ),
    Mistake(
        name="standard_deviation_for_variance",
        says="a standard deviation where the variance is asked for",
        hint="In which unit is a variance measured, if x is measured in metres?",
        edits={_STATISTICS: _STATISTICS.replace("np.mean((x - mean) ** 2, axis=axes)", "np.std(x, axis=axes)")},
    ),
    Mistake(
        name="divided_by_the_variance",
        says="a division by the variance, without the root",
        hint="What is the variance of the output before gamma comes into play? It should be 1.",
        edits={
            _NORMALIZE: "return gamma * (x - mean) / (variance + epsilon) + beta",
            _DEVIATION: "deviation = variance + epsilon",
        },
    ),
    Mistake(
        name="epsilon_outside_the_root",
        says="epsilon added outside the root",
        hint="Is epsilon added to a variance or to a standard deviation?",
        edits={
            _NORMALIZE: "return gamma * (x - mean) / (np.sqrt(variance) + epsilon) + beta",
            _DEVIATION: "deviation = np.sqrt(variance) + epsilon",
        },
    ),
    Mistake(
        name="epsilon_forgotten",
        says="normalisation without epsilon",
        hint="What happens to a feature that is the same in all rows?",
        edits={
            _NORMALIZE: "return gamma * (x - mean) / np.sqrt(variance) + beta",
            _DEVIATION: "deviation = np.sqrt(variance)",
        },
    ),
    Mistake(
        name="epsilon_of_its_own",
        says="an epsilon of 0.001, whatever is handed in",
        hint="Which epsilon is used when the caller asks for another one?",
        edits={
            _NORMALIZE: "return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta",
            _DEVIATION: "deviation = np.sqrt(variance + 1e-3)",
        },
    ),
    Mistake(
        name="epsilon_in_the_moving_variance",
        says="a moving variance that holds epsilon",
        hint="Where does epsilon belong: to the division, or to the variance that is remembered?",
        edits={_NEW_VARIANCE: "update_moving(moving_variance, variance + epsilon, momentum)"},
    ),
    Mistake(
        name="gamma_multiplies_beta",
        says="an offset that gamma scales, too",
        hint="What should come out where x equals the mean?",
        edits={_NORMALIZE: "return gamma * ((x - mean) / np.sqrt(variance + epsilon) + beta)"},
    ),
    Mistake(
        name="beta_forgotten",
        says="normalisation without beta",
        hint="What should come out where x equals the mean?",
        edits={_NORMALIZE: "return gamma * (x - mean) / np.sqrt(variance + epsilon)"},
    ),
    Mistake(
        name="gamma_and_beta_swapped",
        says="gamma and beta in each other's place",
        hint="Which of the two is a scale, and which an offset?",
        edits={_NORMALIZE: "return beta * (x - mean) / np.sqrt(variance + epsilon) + gamma"},
    ),
    Mistake(
        name="mean_not_taken_away",
        says="a division by the deviation that leaves the mean in",
        hint="What is the mean of the output before gamma and beta come into play? It should be 0.",
        edits={_NORMALIZE: "return gamma * x / np.sqrt(variance + epsilon) + beta"},
    ),
    Mistake(
        name="momentum_of_the_new_value",
        says="a momentum that is the weight of the new value",
        hint="With a momentum of 0.99, how fast does the average follow? The handout says which value it multiplies.",
        edits={_MOVING: "return (1 - momentum) * moving + momentum * batch"},
    ),
    Mistake(
        name="sum_in_place_of_an_average",
        says="a moving average that is a growing sum",
        hint="If every batch has the mean 2, where should the average end up?",
        edits={_MOVING: "return momentum * moving + batch"},
    ),
    Mistake(
        name="moving_average_replaced",
        says="the last batch in place of a moving average",
        hint="What does the average remember of the batches before the last one?",
        edits={_MOVING: "return batch"},
    ),
    Mistake(
        name="moving_average_forgotten",
        says="moving averages that never move",
        hint="What has a training pass left to remember?",
        edits={f"return y, {_NEW_MEAN}, {_NEW_VARIANCE}": "return y, moving_mean, moving_variance"},
    ),
    Mistake(
        name="moving_averages_swapped",
        says="a moving mean and a moving variance in each other's place",
        hint="In which order are the three results asked for?",
        edits={f"return y, {_NEW_MEAN}, {_NEW_VARIANCE}": f"return y, {_NEW_VARIANCE}, {_NEW_MEAN}"},
    ),
    Mistake(
        name="training_with_moving_averages",
        says="training that normalises with the moving averages",
        hint="By which mean and variance is a batch normalised while training?",
        edits={_FORWARD: "y = normalize(x, moving_mean, moving_variance, gamma, beta, epsilon)"},
    ),
    Mistake(
        name="training_with_updated_averages",
        says="training that normalises with the moving averages after their update",
        hint="By which mean and variance is a batch normalised while training?",
        edits={_FORWARD: f"y = normalize(x, {_NEW_MEAN}, {_NEW_VARIANCE}, gamma, beta, epsilon)"},
    ),
    Mistake(
        name="inference_with_the_batch",
        says="inference that normalises with mean and variance of the batch",
        hint="What should a prediction for a single row depend on?",
        edits={_INFERENCE: _INFERENCE.replace("x, moving_mean, moving_variance", "x, *batch_statistics(x)")},
    ),
    Mistake(
        name="inference_moves_the_averages",
        says="inference that updates the moving averages",
        hint="Should predictions change what the layer remembers?",
        edits={
            "    if not training:\n": "    if not training:\n        mean, variance = batch_statistics(x)\n",
            _INFERENCE: (
                "y = normalize(x, moving_mean, moving_variance, gamma, beta, epsilon)\n"
                "        moving_mean = momentum * moving_mean + (1 - momentum) * mean\n"
                "        moving_variance = momentum * moving_variance + (1 - momentum) * variance\n"
                "        return y, moving_mean, moving_variance"
            ),
        },
    ),
    Mistake(
        name="modes_swapped",
        says="the two modes in each other's place",
        hint="Which of the two modes uses the batch?",
        edits={"    if not training:\n": "    if training:\n"},
    ),
    Mistake(
        name="input_overwritten",
        says="normalisation that overwrites its input",
        hint="After x -= …, what does the caller's own x hold?",
        edits={_NORMALIZE: "x -= mean\n    return gamma * x / np.sqrt(variance + epsilon) + beta"},
    ),
    Mistake(
        name="gradients_not_summed",
        says="gradients of gamma and beta for every row",
        hint="How many gammas does a layer with four features have, and how many gradients come out here?",
        edits={_GRADIENTS: "return dx, dy * x_hat, dy"},
    ),
    Mistake(
        name="gradients_averaged",
        says="gradients of gamma and beta that are means over the batch",
        hint="gamma stands in every row of the output. Are its parts of the gradient added up or averaged?",
        edits={_GRADIENTS: "return dx, dgamma / count, dbeta / count"},
    ),
    Mistake(
        name="dgamma_from_x",
        says="a gradient of gamma made with x",
        hint="What does gamma multiply in the forward pass?",
        edits={_GRADIENTS: "return dx, np.sum(dy * x, axis=axes), dbeta"},
    ),
    Mistake(
        name="dgamma_and_dbeta_swapped",
        says="the gradients of gamma and beta in each other's place",
        hint="In which order are the three results asked for?",
        edits={_GRADIENTS: "return dx, dbeta, dgamma"},
    ),
    Mistake(
        name="gamma_not_in_dx",
        says="a gradient of x without gamma",
        hint="By how much does y change when x̂ changes by 1?",
        edits={_DX: _DX.replace("gamma / deviation *", "1 / deviation *")},
    ),
    Mistake(
        name="path_through_the_mean_missing",
        says="a gradient of x without the path through the mean",
        hint="If every x in a column grows by 1, how does the output change? What does that say about the sum of dx?",
        edits={_DX: "dx = gamma / deviation * (dy - x_hat * dgamma / count)"},
    ),
    Mistake(
        name="path_through_the_variance_missing",
        says="a gradient of x without the path through the variance",
        hint="If one x moves away from the mean, what happens to the scale of its whole column?",
        edits={_DX: "dx = gamma / deviation * (dy - dbeta / count)"},
    ),
    Mistake(
        name="statistics_taken_for_constants",
        says="a gradient of x that takes mean and variance for constants",
        hint="On what do mean and variance depend? There are three paths from x to y.",
        edits={_DX: "dx = gamma / deviation * dy"},
    ),
    Mistake(
        name="dx_divided_by_the_variance",
        says="a gradient of x divided by the variance",
        hint="Differentiate x̂ with respect to x, with the mean and the variance held fixed: which divisor stays?",
        edits={_DX: _DX.replace("gamma / deviation", "gamma / deviation**2")},
    ),
    Mistake(
        name="dx_times_the_deviation",
        says="a gradient of x multiplied by the deviation",
        hint="If a column is stretched by 10 and normalised again, does its gradient grow or shrink?",
        edits={_DX: _DX.replace("gamma / deviation", "gamma * deviation")},
    ),
    Mistake(
        name="sums_not_divided",
        says="a gradient of x with sums where means are needed",
        hint="What do the last two terms have to be divided by? The sum of dx over a column tells.",
        edits={_DX: "dx = gamma / deviation * (dy - dbeta - x_hat * dgamma)"},
    ),
    Mistake(
        name="rows_counted_for_values",
        says="a gradient of x that counts rows in place of values",
        hint="How many values of an image batch does one mean look at?",
        edits={_COUNT: "count = len(x)"},
    ),
    Mistake(
        name="dx_by_moving_averages",
        says="a gradient of x by an untrained layer's moving variance",
        hint="With which variance was the batch normalised on the way forward?",
        edits={_DX: _DX.replace("gamma / deviation", "gamma / np.sqrt(1 + epsilon)")},
    ),
    Mistake(
        name="relu_not_in_the_gradient",
        says="a step whose gradient passes where relu was off",
        hint="How does h change where the input of relu is negative and changes a little?",
        edits={_DNORMALIZED: _DNORMALIZED.replace(" * (h > 0)", "")},
    ),
    Mistake(
        name="relu_left_out",
        says="a network without relu",
        hint="Which values can stand in h?",
        edits={
            _RELU: "h = normalized",
            _DNORMALIZED: _DNORMALIZED.replace(" * (h > 0)", ""),
            "return np.maximum(normalized, 0) @": "return normalized @",
        },
    ),
    Mistake(
        name="half_mean_squared_error",
        says="a step on half the mean squared error",
        hint="Differentiate one squared error: which factor appears?",
        edits={_DPREDICTION: "dprediction = error / len(x)"},
    ),
    Mistake(
        name="gradient_summed",
        says="a step with gradients that are summed over the rows",
        hint="Give every row twice: should the gradient of a mean double?",
        edits={_DPREDICTION: "dprediction = 2 * error"},
    ),
    Mistake(
        name="gamma_and_beta_not_trained",
        says="a step that leaves gamma and beta where they are",
        hint="Which entries of the dict are trained? Five of the seven are.",
        edits={'"gamma": dgamma': '"gamma": 0 * dgamma', '"beta": dbeta': '"beta": 0 * dbeta'},
    ),
    Mistake(
        name="kernel_gradient_past_the_normalisation",
        says="a step whose kernel gradient goes around batch normalisation",
        hint="Which gradient arrives at z: the one before or the one after the backward pass of batch normalisation?",
        edits={'"kernel": x.T @ dz': '"kernel": x.T @ dnormalized'},
    ),
    Mistake(
        name="averages_not_handed_on",
        says="a training that forgets its moving averages from step to step",
        hint="With which moving averages does the second step begin?",
        edits={
            'return {**moved, "moving_mean": moving_mean, "moving_variance": moving_variance}, np.mean(error**2)': (
                "return {**weights, **moved}, np.mean(error**2)"
            )
        },
    ),
    Mistake(
        name="weights_in_place",
        says="weights that are changed in place",
        hint="Who else holds the arrays in the dict? The caller may still need the old ones.",
        edits={
            _MOVED: (
                "moved = {}\n    for name, gradient in gradients.items():\n"
                "        weights[name] -= learning_rate * gradient\n        moved[name] = weights[name]"
            )
        },
    ),
    Mistake(
        name="loss_after_the_step",
        says="a loss that is taken after the step",
        hint="Is the loss of a batch taken before or after its step?",
        code="""
_step = train_step


def train_step(x, y, weights, learning_rate, momentum=0.99, epsilon=0.001):
    moved, _ = _step(x, y, weights, learning_rate, momentum, epsilon)
    return moved, _step(x, y, moved, learning_rate, momentum, epsilon)[1]
""",
    ),
    Mistake(
        name="loss_of_the_last_batch",
        says="the loss of the last batch in place of the epoch's",
        hint="How many batches of an epoch does its loss see?",
        edits={_TOTAL: "total = loss * len(x)"},
    ),
    Mistake(
        name="mean_over_the_batches",
        says="an epoch's loss that counts a small batch like a full one",
        hint="The last batch may be smaller. How much should each row count?",
        edits={_TOTAL: "total += loss * len(x) / np.ceil(len(x) / batch_size)"},
    ),
    Mistake(
        name="last_batch_dropped",
        says="training that leaves out the smaller last batch",
        hint="After one epoch, have all rows been used?",
        edits={"range(0, len(x), batch_size)": "range(0, len(x) - batch_size + 1, batch_size)"},
    ),
    Mistake(
        name="predictions_in_training_mode",
        says="predictions made with mean and variance of their own batch",
        hint="What should the prediction for a row depend on, apart from that row and the weights?",
        edits={_PREDICT: "*averages, True, epsilon=epsilon)"},
    ),
)
