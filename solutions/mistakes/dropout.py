"""Dropout: known mistakes."""

from grader.model import Mistake

MISTAKES = (
    Mistake(
        name="rate_is_what_is_kept",
        says="dropout that takes the rate for the share that is kept",
        hint="With a rate of 0.2, how many of a thousand elements become zero?",
        edits={
            "if rate == 1:": "if rate == 0:",
            "return (uniforms >= rate) / (1 - rate)": "return (uniforms < rate) / rate",
        },
    ),
    Mistake(
        name="drops_the_large_numbers",
        says="dropout that drops at the upper end of the uniforms",
        hint="The share of zeros is right. Which uniforms drop an element: the small ones or the large ones?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return (uniforms < 1 - rate) / (1 - rate)"},
    ),
    Mistake(
        name="boundary_dropped",
        says="dropout that also drops where the uniform equals the rate",
        hint="On which side does a uniform that equals the rate belong?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return (uniforms > rate) / (1 - rate)"},
    ),
    Mistake(
        name="no_scaling",
        says="dropout that does not scale what it keeps",
        hint="Some elements become zero. What keeps the mean of the output where it was?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return (uniforms >= rate) * 1.0"},
    ),
    Mistake(
        name="scaled_by_the_rate",
        says="dropout that divides by the rate",
        hint="When almost nothing is dropped, what should the factor be close to?",
        edits={
            "if rate == 1:": "if rate == 0:",
            "return np.zeros(uniforms.shape)": "return np.ones(uniforms.shape)",
            "return (uniforms >= rate) / (1 - rate)": "return (uniforms >= rate) / rate",
        },
    ),
    Mistake(
        name="scaled_down",
        says="dropout that multiplies by the share that is kept",
        hint="Some elements become zero. Do the others have to grow or to shrink to keep the mean?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return (uniforms >= rate) * (1 - rate)"},
    ),
    Mistake(
        name="sum_kept_exactly",
        says="dropout that scales by the number of elements it happened to keep",
        hint="Does the factor change from one draw to the next? The formula of the handout holds no count.",
        edits={
            "return (uniforms >= rate) / (1 - rate)": (
                "kept = uniforms >= rate\n    return kept * (kept.size / max(kept.sum(), 1))"
            )
        },
    ),
    Mistake(
        name="sum_of_the_inputs_kept",
        says="dropout that rescales its output to the sum of its input",
        hint="Does the factor depend on the numbers in x? Look at what the rule makes it of.",
        edits={"return x * mask": "y = x * (mask > 0)\n    return y * x.sum() / y.sum()"},
    ),
    Mistake(
        name="division_by_zero",
        says="a mask for rate 1 that divides by zero",
        hint="What is 1 - rate when everything is dropped?",
        edits={
            "    if rate == 1:\n        return np.zeros(uniforms.shape)\n": "",
            "/ (1 - rate)": "/ np.subtract(1, rate)",
        },
    ),
    Mistake(
        name="mask_is_not_zero_or_scale",
        says="a mask that multiplies by the random numbers themselves",
        hint="How many different values can a mask hold?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return uniforms * (uniforms >= rate) / (1 - rate)"},
    ),
    Mistake(
        name="mask_of_true_and_false",
        says="a mask of True and False",
        hint="By how much does True multiply, and which number type does the handout ask for?",
        edits={"return (uniforms >= rate) / (1 - rate)": "return uniforms >= rate"},
    ),
    Mistake(
        name="scaling_lost_in_the_layer",
        says="dropout that reads only zero or not zero from the mask",
        hint="The mask holds more than which elements stay. What is 1/(1 - rate) for?",
        edits={"return x * mask": "return np.where(mask > 0, x, 0.0)"},
    ),
    Mistake(
        name="mask_applied_twice",
        says="dropout that applies the scaling twice",
        hint="The mask already carries the factor. How often is it applied?",
        edits={"return x * mask": "return x * mask * mask"},
    ),
    Mistake(
        name="overwrites_its_input",
        says="dropout that writes into the array it was given",
        hint="After x *= …, what does the caller's own x hold?",
        edits={"return x * mask": "x *= mask\n    return x"},
    ),
    Mistake(
        name="classic_dropout",
        says="dropout that scales at inference instead of in training",
        hint="In which of the two modes does the handout scale?",
        edits={
            "return (uniforms >= rate) / (1 - rate)": "return (uniforms >= rate) * 1.0",
            "return x, np.ones(x.shape)": "return x * (1 - rate), np.ones(x.shape)",
            "h = dropout(h, dropout_mask(u, rate))": (
                "h = dropout(h, dropout_mask(u, rate))\n        else:\n            h = h * (1 - rate)"
            ),
        },
    ),
    Mistake(
        name="scaled_in_both_modes",
        says="dropout that scales in training and again at inference",
        hint="If training already keeps the mean, what is left to do at inference?",
        edits={
            "return x, np.ones(x.shape)": "return x * (1 - rate), np.ones(x.shape)",
            "h = dropout(h, dropout_mask(u, rate))": (
                "h = dropout(h, dropout_mask(u, rate))\n        else:\n            h = h * (1 - rate)"
            ),
        },
    ),
    Mistake(
        name="layer_scaled_in_both_modes",
        says="a layer that scales in training and again at inference",
        hint="If training already keeps the mean, what is left for the layer to do at inference?",
        edits={"return x, np.ones(x.shape)": "return x * (1 - rate), np.ones(x.shape)"},
    ),
    Mistake(
        name="modes_exchanged",
        says="dropout that is off in training and on at inference",
        hint="In which of the two modes should the network lose units?",
        edits={"if not training:": "if training:", "        if training:\n": "        if not training:\n"},
    ),
    Mistake(
        name="never_off",
        says="dropout that drops at inference too",
        hint="What is training worth when the network predicts?",
        edits={"if not training:": "if False:", "        if training:\n": "        if True:\n"},
    ),
    Mistake(
        name="own_seed",
        says="a layer that draws the same mask in every call",
        hint="Which generator is used, and where is it made?",
        edits={"rng.random(x.shape), rate": "np.random.default_rng(0).random(x.shape), rate"},
    ),
    Mistake(
        name="one_draw_per_column",
        says="a layer that drops the same units in every row",
        hint="How many random numbers does a batch of five rows need?",
        edits={"rng.random(x.shape), rate": "np.broadcast_to(rng.random(x.shape[-1:]), x.shape), rate"},
    ),
    Mistake(
        name="one_draw_per_row",
        says="a layer that drops whole rows",
        hint="Does every element of a row have the same fate?",
        edits={
            "rng.random(x.shape), rate": "np.broadcast_to(rng.random((len(x),) + (1,) * (x.ndim - 1)), x.shape), rate",
        },
    ),
    Mistake(
        name="normal_numbers",
        says="a layer that compares normally distributed numbers with the rate",
        hint="What share of the drawn numbers lies below the rate? It depends on their distribution.",
        edits={"rng.random(x.shape), rate": "rng.normal(size=x.shape), rate"},
    ),
    Mistake(
        name="gradient_without_scaling",
        says="a backward pass that applies the zeros of the mask but not its scale",
        hint="In the forward pass y = mask * x. What is the derivative of y with respect to a kept x?",
        edits={"return dy * mask": "return dy * (mask > 0)"},
    ),
    Mistake(
        name="gradient_scaled_twice",
        says="a backward pass that scales twice",
        hint="The mask already carries the factor. How often does it stand in the derivative?",
        edits={"return dy * mask": "return dy * mask * mask"},
    ),
    Mistake(
        name="gradient_of_everything",
        says="a backward pass that lets the gradient of dropped elements through",
        hint="How does the output change when an element that was dropped changes a little?",
        edits={"return dy * mask": "return dy * np.max(mask)"},
    ),
    Mistake(
        name="gradient_ignores_the_mask",
        says="a backward pass that returns the gradient it was given",
        hint="Which role does the mask of the forward pass play on the way back?",
        edits={"return dy * mask": "return dy"},
    ),
    Mistake(
        name="relu_left_out",
        says="a network without relu",
        hint="Which values can stand at the output of a hidden layer?",
        edits={"h = np.maximum(h @ w, 0)": "h = h @ w"},
    ),
    Mistake(
        name="relu_at_the_output",
        says="a network with relu after its last layer",
        hint="Can the output of the network be negative?",
        edits={"return h @ weights[-1]": "return np.maximum(h @ weights[-1], 0)"},
    ),
    Mistake(
        name="first_hidden_layer_only",
        says="a network with dropout after its first hidden layer only",
        hint="Which of the uniforms are used?",
        edits={"        if training:\n": "        if training and u is uniforms[0]:\n"},
    ),
    Mistake(
        name="mask_of_the_first_epoch",
        says="training that uses the same mask in every epoch",
        hint="Does the set of dropped inputs change from epoch to epoch?",
        edits={"dropout_mask(u, rate))\n        error": "dropout_mask(uniforms[0], rate))\n        error"},
    ),
    Mistake(
        name="gradient_of_all_inputs",
        says="training whose gradient uses the inputs before dropout",
        hint="Which inputs made the prediction? A weight whose input was zero had no part in it.",
        edits={"2 * x_dropped.T @ error": "2 * x.T @ error"},
    ),
    Mistake(
        name="training_without_dropout",
        says="training that leaves dropout out",
        hint="Which inputs does the model see while it trains?",
        edits={"x_dropped = dropout(x, dropout_mask(u, rate))": "x_dropped = x"},
    ),
    Mistake(
        name="gradient_summed",
        says="training with a gradient that is summed over the rows",
        hint="Give every row twice: should the gradient of a mean double?",
        edits={
            "@ error / len(x)": "@ error",
            "learning_rate * 2 * np.mean(error)": "learning_rate * 2 * np.sum(error)",
        },
    ),
    Mistake(
        name="half_mean_squared_error",
        says="training on half the mean squared error",
        hint="Differentiate one squared error: which factor appears?",
        edits={
            "learning_rate * 2 * x_dropped.T": "learning_rate * x_dropped.T",
            "learning_rate * 2 * np.mean(error)": "learning_rate * np.mean(error)",
        },
    ),
    Mistake(
        name="bias_never_moves",
        says="training in which only w is updated",
        hint="Which of the two parameters differs from its start after one step?",
        edits={"        b = b - learning_rate * 2 * np.mean(error)\n": ""},
    ),
    Mistake(
        name="loss_without_dropout",
        says="losses that are measured without dropout",
        hint="Which inputs belong to the loss that fit shows?",
        edits={"losses.append(np.mean(error**2))": "losses.append(np.mean((x @ w + b - y) ** 2))"},
    ),
    Mistake(
        name="loss_after_the_step",
        says="losses that are measured after the step",
        hint="Is the loss of an epoch taken before or after its update?",
        edits={
            "        losses.append(np.mean(error**2))\n": "",
            "        b = b - learning_rate * 2 * np.mean(error)\n": (
                "        b = b - learning_rate * 2 * np.mean(error)\n"
                "        losses.append(np.mean((x_dropped @ w + b - y) ** 2))\n"
            ),
        },
    ),
)
