"""Gradient descent: known mistakes."""

from grader.model import Mistake

MISTAKES = (
    Mistake(
        name="uphill",
        says="a step in the direction of the gradient",
        hint="The gradient points where the loss grows. In which direction does the loss fall?",
        edits={"return w - learning_rate * gradient": "return w + learning_rate * gradient"},
    ),
    Mistake(
        name="no_learning_rate",
        says="a step that leaves out the learning rate",
        hint="With a gradient of 2, how long is the step for a learning rate of 0.1, and how long for 0.01?",
        edits={"return w - learning_rate * gradient": "return w - gradient"},
    ),
    Mistake(
        name="normalised_gradient",
        says="gradient descent with the gradient scaled to length one",
        hint="Compare the length of the step for a gradient of 0.1 and one of 10. Should they be equal?",
        edits={"return w - learning_rate *": "return w - learning_rate / np.linalg.norm(gradient) *"},
    ),
    Mistake(
        name="gradient_asked_once",
        says="a walk that keeps the gradient of its starting point",
        hint="After the first step the slope under the feet has changed. At which points is gradient called?",
        edits={
            "trajectory = [w]": "trajectory = [w]\n    slope = gradient(w)",
            "w = sgd_update(w, gradient(w), learning_rate)": "w = sgd_update(w, slope, learning_rate)",
        },
    ),
    Mistake(
        name="gradient_asked_twice",
        says="a walk that calls gradient more often than once per step",
        hint="Each call may cost a pass over all the data. How many calls are needed for five steps?",
        edits={"trajectory = [w]": "trajectory = [w]\n    gradient(w)"},
    ),
    Mistake(
        name="start_left_out",
        says="a walk without its starting point",
        hint="How many points does a walk of one step have?",
        edits={"trajectory = [w]": "trajectory = []"},
    ),
    Mistake(
        name="last_point_only",
        says="a walk of which only the last point is kept",
        hint="Each step reaches a new point. Where are the ones before the last?",
        edits={"return np.array(trajectory)": "return np.array(trajectory[-1])"},
    ),
    Mistake(
        name="one_array_for_all_points",
        says="a walk whose points are all the same array",
        hint="What does an update in place do to the points that were noted earlier?",
        edits={
            "trajectory = [w]": "w = w + 0.0\n    trajectory = [w]",
            "w = sgd_update(w, gradient(w), learning_rate)": "w -= learning_rate * gradient(w)",
        },
    ),
    Mistake(
        name="rounded_to_whole_numbers",
        says="a walk that keeps the number type of its starting point",
        hint="Which number type has the array that holds the points when w holds whole numbers?",
        edits={"return np.array(trajectory)": "return np.array(trajectory).astype(trajectory[0].dtype)"},
    ),
    Mistake(
        name="update_in_place",
        says="an update that writes into the array it was given",
        hint="After w -= …, what does the caller's own w hold?",
        edits={
            "return w - learning_rate * gradient": "w -= learning_rate * gradient\n    return w",
            "trajectory = [w]": "w = w + 0.0\n    trajectory = [w]",
            "w = sgd_update(w, gradient(w), learning_rate)": "w = w - learning_rate * gradient(w)",
        },
    ),
    Mistake(
        name="partial_batch_dropped",
        says="batches without the rows that do not fill one",
        hint="Eleven rows in batches of four: are all eleven there?",
        edits={"range(0, len(x), batch_size)": "range(0, len(x) - batch_size + 1, batch_size)"},
    ),
    Mistake(
        name="empty_batch_at_the_end",
        says="batches with an empty one at the end when the size divides the number of rows",
        hint="Six rows in batches of two: what is in the fourth batch?",
        edits={"range(0, len(x), batch_size)": "range(0, len(x) + 1, batch_size)"},
    ),
    Mistake(
        name="targets_of_the_first_batch",
        says="batches that all have the targets of the first one",
        hint="Which target belongs to the first row of the second batch?",
        edits={"y[i : i + batch_size])": "y[:batch_size])"},
    ),
    Mistake(
        name="interleaved_batches",
        says="batches made of every k-th row",
        hint="Which rows are in the first batch: neighbours, or rows that stand apart?",
        edits={
            "starts = range(0, len(x), batch_size)": "step = math.ceil(len(x) / batch_size)",
            "return [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]": (
                "return [(x[i::step], y[i::step]) for i in range(step)]"
            ),
        },
    ),
    Mistake(
        name="iterations_rounded_down",
        says="a count without the smaller batch at the end of each epoch",
        hint="Is the last batch of an epoch, with fewer rows, an update too?",
        edits={"return epochs * math.ceil(samples / batch_size)": "return epochs * (samples // batch_size)"},
    ),
    Mistake(
        name="iterations_across_epochs",
        says="a count in which batches run on from one epoch into the next",
        hint="Can one batch hold the last rows of one epoch and the first rows of the next?",
        edits={"return epochs * math.ceil(samples": "return math.ceil(epochs * samples"},
    ),
    Mistake(
        name="iterations_of_one_epoch",
        says="a count of the updates in one epoch",
        hint="How does the number of updates change when the data set is used twice?",
        edits={"return epochs * math.ceil(samples / batch_size)": "return math.ceil(samples / batch_size)"},
    ),
    Mistake(
        name="iterations_count_rows",
        says="a count of rows instead of batches",
        hint="With all rows in one batch, how many updates does one epoch make?",
        edits={"return epochs * math.ceil(samples / batch_size)": "return epochs * samples"},
    ),
    Mistake(
        name="iterations_not_whole",
        says="a count of updates that is not a whole number",
        hint="What would half an update be?",
        edits={"return epochs * math.ceil(samples / batch_size)": "return epochs * samples / batch_size"},
    ),
    Mistake(
        name="gradient_summed",
        says="a gradient that is summed over the rows",
        hint="Give every row twice: should the gradient of a mean double?",
        edits={"error / len(x), 2 * np.mean(error)": "error, 2 * np.sum(error)"},
    ),
    Mistake(
        name="half_mean_squared_error",
        says="half the mean squared error",
        hint="Is there a factor 1/2 in the loss of the handout? Differentiate one squared error.",
        edits={"return 2 * x.T @ error / len(x), 2 * np.mean": "return x.T @ error / len(x), np.mean"},
    ),
    Mistake(
        name="error_turned_round",
        says="a gradient with target minus prediction",
        hint="When the prediction is too large, should b go up or down?",
        edits={"error = x @ w + b - y": "error = y - (x @ w + b)"},
    ),
    Mistake(
        name="bias_left_out",
        says="a model whose prediction leaves out b",
        hint="What does the model predict for a row of zeros?",
        edits={"error = x @ w + b - y": "error = x @ w - y"},
    ),
    Mistake(
        name="gradient_collapsed",
        says="a gradient whose components were averaged into one number",
        hint="How many numbers does dw have, and over which axis of x is the mean?",
        edits={"return 2 * x.T @ error / len(x)": "return np.mean(2 * x * error[:, None])"},
    ),
    Mistake(
        name="mean_over_elements",
        says="a gradient divided by the number of elements of x",
        hint="How many squared errors are there, and does that number depend on the number of features?",
        edits={"error / len(x), 2": "error / x.size, 2"},
    ),
    Mistake(
        name="root_mean_squared_error",
        says="the gradient of the root of the mean squared error",
        hint="Is a square root taken in the loss of the handout?",
        edits={
            "return 2 * x.T @ error / len(x), 2 * np.mean(error)": (
                "root = np.sqrt(np.mean(error**2))\n    return x.T @ error / len(x) / root, np.mean(error) / root"
            )
        },
    ),
    Mistake(
        name="column_against_row",
        says="errors of every prediction with every target",
        hint="Print the shape of the error. How many errors do n rows have?",
        edits={"error = x @ w + b - y": "error = (x @ w)[:, None] + b - y"},
    ),
    Mistake(
        name="handout_has_five_rows",
        says="a mean that always divides by five",
        hint="Where does the number of rows come from when x is not the one of the handout?",
        edits={"error / len(x), 2 * np.mean(error)": "error / 5, 2 * np.sum(error) / 5"},
    ),
    Mistake(
        name="full_gradient_for_every_batch",
        says="training in which every batch steps along the gradient of all rows",
        hint="Which rows does one update look at?",
        edits={"dw, db = mse_gradient(x_batch, y_batch, w, b)": "dw, db = mse_gradient(x, y, w, b)"},
    ),
    Mistake(
        name="bias_after_the_weights",
        says="training in which db is taken after w has moved",
        hint="At which w is db taken: the one before the step or the one after it?",
        edits={
            "w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)": (
                "w = sgd_update(w, dw, learning_rate)\n"
                "            b = sgd_update(b, mse_gradient(x_batch, y_batch, w, b)[1], learning_rate)"
            )
        },
    ),
    Mistake(
        name="bias_never_moves",
        says="training in which only w is updated",
        hint="Which of the two parameters differs from its start after one step?",
        edits={
            "w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)": (
                "w = sgd_update(w, dw, learning_rate)"
            )
        },
    ),
    Mistake(
        name="one_update_per_epoch",
        says="training that updates once per epoch, with the last batch",
        hint="How many updates does one epoch make, and where in the loops does the update stand?",
        edits={
            "            w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)": (
                "        w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)"
            )
        },
    ),
    Mistake(
        name="stops_after_one_epoch",
        says="training that ends after its first epoch",
        hint="How far to the right does the return stand, and how often does the outer loop run?",
        edits={"return w, b, np.array(losses)": "    return w, b, np.array(losses)"},
    ),
    Mistake(
        name="every_epoch_from_the_start",
        says="training that goes back to the first weights in every epoch",
        hint="What are w and b at the beginning of the second epoch?",
        edits={
            "    losses = []\n": "    losses = []\n    first_w, first_b = w, b\n",
            "squares = 0.0": "squares, w, b = 0.0, first_w, first_b",
        },
    ),
    Mistake(
        name="loss_after_the_epoch",
        says="losses that are measured when the epoch is over",
        hint='With which weights does history["loss"] see the first batch of an epoch?',
        edits={"losses.append(squares / len(x))": "losses.append(np.mean((x @ w + b - y) ** 2))"},
    ),
    Mistake(
        name="loss_after_the_step",
        says="losses of batches that have already made their step",
        hint="Is the loss of a batch taken before or after its own update?",
        edits={
            "            squares += np.sum((x_batch @ w + b - y_batch) ** 2)\n": "",
            "w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)": (
                "w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)\n"
                "            squares += np.sum((x_batch @ w + b - y_batch) ** 2)"
            ),
        },
    ),
    Mistake(
        name="loss_is_a_mean_of_batches",
        says="losses in which a small batch weighs as much as a full one",
        hint="In a mean over all rows, how much does a row of the last, smaller batch weigh?",
        edits={
            "squares += np.sum((x_batch @ w + b - y_batch) ** 2)": (
                "squares += np.mean((x_batch @ w + b - y_batch) ** 2)"
            ),
            "losses.append(squares / len(x))": "losses.append(squares / math.ceil(len(x) / batch_size))",
        },
    ),
    Mistake(
        name="loss_of_the_last_batch",
        says="losses that know only the last batch of an epoch",
        hint="Which rows go into the loss of an epoch?",
        edits={
            "squares += np.sum((x_batch @ w + b - y_batch) ** 2)": (
                "squares = np.mean((x_batch @ w + b - y_batch) ** 2) * len(x)"
            )
        },
    ),
)
