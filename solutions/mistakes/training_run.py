"""A training run: known mistakes."""

from grader.model import Mistake

_Z = 'z = x @ state["kernel"]'
_NORMALIZED = 'normalized, mean, variance = parts["batch_norm"](z, state["gamma"], state["beta"], *averages, training)'
_RELU = 'h = parts["relu"](normalized)'
_MASK = 'mask = parts["dropout_mask"](uniforms) if training else np.ones(h.shape)'
_DROPPED = "dropped = h * mask"
_PREDICTION = 'prediction = parts["softmax"](dropped @ state["output_kernel"] + state["output_bias"])'
_MEAN, _VARIANCE = '"moving_mean": mean,', '"moving_variance": variance,'
_LOSS = (
    'return parts["loss"](prediction, y) + parts["penalty"](state["kernel"]) + parts["penalty"](state["output_kernel"])'
)
_DSCORES = 'dscores = parts["loss_backward"](values["prediction"], y)'
_OUTPUT = 'doutput_kernel, doutput_bias, ddropped = parts["dense_backward"](dscores, values["dropped"], output_kernel)'
_DH = 'dh = ddropped * values["mask"]'
_DNORMALIZED = 'dnormalized = parts["relu_backward"](dh, values["h"])'
_DZ = 'dz, dgamma, dbeta = parts["batch_norm_backward"](dnormalized, values["z"], state["gamma"])'
_KERNEL = '"kernel": dkernel + parts["penalty_gradient"](kernel),'
_GAMMA, _BETA = '"gamma": dgamma,', '"beta": dbeta,'
_OUTPUT_KERNEL = '"output_kernel": doutput_kernel + parts["penalty_gradient"](output_kernel),'
_OUTPUT_BIAS = '"output_bias": doutput_bias,'
_STEP_FORWARD = "values = forward(x, state, parts, True, uniforms)"
_STEP_LOSS = '    loss = total_loss(values["prediction"], y, state, parts)\n'
_RATE = 'learning_rate = parts["schedule"](state["iterations"])'
_MOVED = "moved = update([state[name] for name in TRAINED], [slopes[name] for name in TRAINED], learning_rate)"
_AVERAGES = "averages = {name: values[name] for name in AVERAGES}"
_NEW_STATE = (
    'return {**dict(zip(TRAINED, moved, strict=True)), **averages, "iterations": state["iterations"] + 1}, loss'
)
_BATCHES = "for start in range(0, len(x), batch_size):"
_TRAIN_STEP = "state, loss = train_step(x[rows], y[rows], state, parts, update, uniforms[rows])"
_TOTAL = "total += loss * len(x[rows])"
_EPOCH_LOSS = "return state, total / len(x)"
_VALIDATION = "values = forward(x, state, parts, False)"
_EVALUATE = 'return total_loss(values["prediction"], y, state, parts)'
_UPDATE = '    update = parts["new_optimizer"]()\n'
_NAMES = "names = TRAINED + AVERAGES"
_EPOCH = "state, loss = train_epoch(x, y, state, parts, update, uniforms[epoch], batch_size)"
_VALUE = "value = evaluate(*validation_data, state, parts)"
_STOP = """        if stop(value, [state[name] for name in names]):
            break
"""
_FINISH = "weights = finish([state[name] for name in names])"
_RESULT = "return {**state, **dict(zip(names, weights, strict=True))}, history"

MISTAKES = (
    # forward
    Mistake(
        name="batch_statistics_at_validation",
        says="validation with mean and variance of the rows that are measured",
        hint="Should a prediction depend on which other rows are measured with it? What does `training` decide?",
        edits={_NORMALIZED: _NORMALIZED.replace(", training)", ", True)")},
    ),
    Mistake(
        name="moving_averages_in_training",
        says="training that normalises with the moving averages",
        hint="With which mean and variance does batch normalisation work while the network trains?",
        edits={_NORMALIZED: _NORMALIZED.replace(", training)", ", False)")},
    ),
    Mistake(
        name="dropout_at_validation",
        says="validation with dropout on",
        hint="Which units work when the network is measured?",
        edits={
            _MASK: (
                "numbers = uniforms if training else np.random.default_rng(7).random(h.shape)\n"
                '    mask = parts["dropout_mask"](numbers)'
            )
        },
    ),
    Mistake(
        name="no_dropout",
        says="training without dropout",
        hint="For what does forward get the uniforms?",
        edits={_MASK: "mask = np.ones(h.shape)"},
    ),
    Mistake(
        name="mask_of_zeros_and_ones",
        says="dropout that does not scale what it keeps",
        hint="The mask of the part holds more than which units stay. Which numbers are in it?",
        edits={_DROPPED: "mask = np.where(mask > 0, 1.0, 0.0)\n    dropped = h * mask"},
    ),
    Mistake(
        name="dropout_before_normalisation",
        says="dropout between the first layer and batch normalisation",
        hint="In which order do batch normalisation, relu and dropout stand in the handout?",
        edits={
            _NORMALIZED: _MASK.replace("h.shape", "z.shape") + "\n    " + _NORMALIZED.replace("(z,", "(z * mask,"),
            f"    {_MASK}\n": "",
            _DROPPED: "dropped = h",
        },
    ),
    Mistake(
        name="relu_before_normalisation",
        says="relu before batch normalisation",
        hint="What does relu get: the output of the first layer, or what batch normalisation makes of it?",
        edits={_NORMALIZED: _NORMALIZED.replace("(z,", '(parts["relu"](z),'), _RELU: "h = normalized"},
    ),
    Mistake(
        name="no_relu",
        says="a network without relu",
        hint="Can an entry of h be negative?",
        edits={_RELU: "h = normalized"},
    ),
    Mistake(
        name="no_normalisation",
        says="a network whose relu gets the output of the first layer as it is",
        hint="What becomes of the first thing that batch_norm returns?",
        edits={_RELU: 'h = parts["relu"](z)'},
    ),
    Mistake(
        name="no_output_bias",
        says="a network without the bias of its last layer",
        hint="One entry of the state is not used in forward. Which one?",
        edits={_PREDICTION: _PREDICTION.replace(' + state["output_bias"]', "")},
    ),
    Mistake(
        name="scores_for_prediction",
        says="a network that ends with its scores",
        hint="Do the rows of the prediction sum to 1?",
        edits={_PREDICTION: _PREDICTION.replace('parts["softmax"]', "")},
    ),
    Mistake(
        name="averages_never_move",
        says="moving averages that stay where they were",
        hint="batch_norm returns three things. What has to become of the second and the third?",
        edits={_MEAN: '"moving_mean": averages[0],', _VARIANCE: '"moving_variance": averages[1],'},
    ),
    # loss and gradients
    Mistake(
        name="no_penalty_in_the_loss",
        says="a loss without penalties",
        hint="What does training make small besides the data loss?",
        edits={_LOSS: 'return parts["loss"](prediction, y)'},
    ),
    Mistake(
        name="penalty_of_one_kernel",
        says="a loss with the penalty of the first kernel only",
        hint="How many kernels has the network?",
        edits={_LOSS: 'return parts["loss"](prediction, y) + parts["penalty"](state["kernel"])'},
    ),
    Mistake(
        name="penalty_of_everything",
        says="a loss with penalties on biases, gamma and beta as well",
        hint="Which entries of the state have a penalty?",
        edits={_LOSS: 'return parts["loss"](prediction, y) + sum(parts["penalty"](state[name]) for name in TRAINED)'},
    ),
    Mistake(
        name="penalty_per_row",
        says="penalties that are divided by the number of rows",
        hint="Does a penalty get smaller when there are more rows?",
        edits={
            _LOSS: (
                'penalties = parts["penalty"](state["kernel"]) + parts["penalty"](state["output_kernel"])\n'
                '    return parts["loss"](prediction, y) + penalties / len(y)'
            ),
            _KERNEL: _KERNEL.replace("(kernel),", "(kernel) / len(x),"),
            _OUTPUT_KERNEL: _OUTPUT_KERNEL.replace("(output_kernel),", "(output_kernel) / len(x),"),
        },
    ),
    Mistake(
        name="no_gradient_of_the_penalty",
        says="gradients of the data loss alone",
        hint="The loss holds the penalties. What pulls at the kernels?",
        edits={_KERNEL: '"kernel": dkernel,', _OUTPUT_KERNEL: '"output_kernel": doutput_kernel,'},
    ),
    Mistake(
        name="one_kernel_regularised",
        says="gradients with the penalty of the first kernel only",
        hint="How many kernels have a penalty, and which of their gradients show it?",
        edits={_OUTPUT_KERNEL: '"output_kernel": doutput_kernel,'},
    ),
    Mistake(
        name="everything_regularised",
        says="gradients with penalties on the bias, gamma and beta as well",
        hint="Which entries of the state have a penalty?",
        edits={
            _GAMMA: '"gamma": dgamma + parts["penalty_gradient"](state["gamma"]),',
            _BETA: '"beta": dbeta + parts["penalty_gradient"](state["beta"]),',
            _OUTPUT_BIAS: '"output_bias": doutput_bias + parts["penalty_gradient"](state["output_bias"]),',
        },
    ),
    Mistake(
        name="output_layer_sees_all_units",
        says="a gradient of the output kernel in which dropped units count",
        hint="What was the input of the last layer in the forward pass: h, or something made of it?",
        edits={_OUTPUT: _OUTPUT.replace('values["dropped"]', 'values["h"]')},
    ),
    Mistake(
        name="no_mask_on_the_way_back",
        says="gradients that pass through dropped units",
        hint="What was h multiplied by on the way forward?",
        edits={_DH: "dh = ddropped"},
    ),
    Mistake(
        name="mask_without_scale_on_the_way_back",
        says="gradients that pass dropout without its scale",
        hint="A kept unit was scaled on the way forward. What is the slope of that?",
        edits={_DH: 'dh = ddropped * (values["mask"] > 0)'},
    ),
    Mistake(
        name="relu_skipped_on_the_way_back",
        says="gradients that pass relu where it was off",
        hint="How much does the loss change with a unit whose output is 0 before and after?",
        edits={_DNORMALIZED: "dnormalized = dh"},
    ),
    Mistake(
        name="normalisation_skipped_on_the_way_back",
        says="gradients that do not go back through batch normalisation",
        hint="Between z and the input of relu stands a layer. What does its way back return first?",
        edits={_DZ: _DZ.replace("dz, dgamma", "_, dgamma") + "\n    dz = dnormalized"},
    ),
    Mistake(
        name="normalisation_gets_its_output",
        says="a way back through batch normalisation that starts from h in place of z",
        hint="What went into batch_norm on the way forward?",
        edits={_DZ: _DZ.replace('values["z"]', 'values["h"]')},
    ),
    Mistake(
        name="gamma_and_beta_exchanged",
        says="the gradients of gamma and beta in each other's place",
        hint="In which order does batch_norm_backward return its gradients?",
        edits={_DZ: _DZ.replace("dz, dgamma, dbeta", "dz, dbeta, dgamma")},
    ),
    # one step
    Mistake(
        name="loss_after_the_step",
        says="the loss after the step in place of the one before",
        hint="To which state does the loss that is returned belong?",
        edits={
            _STEP_LOSS: "",
            _NEW_STATE: (
                'state = {**state, **dict(zip(TRAINED, moved)), **averages, "iterations": state["iterations"] + 1}\n'
                '    values = forward(x, {**state, "moving_mean": 0, "moving_variance": 1}, parts, True, uniforms)\n'
                '    return state, total_loss(values["prediction"], y, state, parts)'
            ),
        },
    ),
    Mistake(
        name="loss_without_dropout",
        says="the loss of a batch measured as at validation",
        hint="Is dropout on or off in the loss that training shows?",
        edits={_STEP_LOSS: "    loss = evaluate(x, y, state, parts)\n"},
    ),
    Mistake(
        name="learning_rate_never_falls",
        says="a schedule that is asked for step 0 each time",
        hint="After a hundred updates, with which number should the schedule be asked?",
        edits={_RATE: 'learning_rate = parts["schedule"](0)'},
    ),
    Mistake(
        name="schedule_from_one",
        says="a schedule that is asked for the step after",
        hint="How many updates have been made before the first one?",
        edits={_RATE: 'learning_rate = parts["schedule"](state["iterations"] + 1)'},
    ),
    Mistake(
        name="updates_not_counted",
        says="a state whose iterations stay as they are",
        hint="Which entry of the state tells the schedule how far the run has come?",
        edits={_NEW_STATE: _NEW_STATE.replace('state["iterations"] + 1', 'state["iterations"]')},
    ),
    Mistake(
        name="averages_lost_after_the_step",
        says="a step that leaves the moving averages behind",
        hint="forward has returned new moving averages. Where are they in the new state?",
        edits={_AVERAGES: "averages = {name: state[name] for name in AVERAGES}"},
    ),
    Mistake(
        name="averages_moved_twice",
        says="moving averages that move twice in each step",
        hint="How often does a batch go through batch_norm before its step is done, and from which averages?",
        edits={_STEP_FORWARD: f"{_STEP_FORWARD}\n    {_STEP_FORWARD.replace('state,', '{**state, **values},')}"},
    ),
    Mistake(
        name="gamma_and_beta_never_move",
        says="a step that leaves gamma and beta where they were",
        hint="Which entries of the state differ after one step? Compare with TRAINED.",
        edits={
            _AVERAGES: f'{_AVERAGES}\n    averages |= {{"gamma": state["gamma"], "beta": state["beta"]}}',
        },
    ),
    Mistake(
        name="state_changed_in_place",
        says="a step that writes into the state it was given",
        hint="After state[name] = …, what does the caller's own state hold?",
        edits={
            _NEW_STATE: (
                "state.update(zip(TRAINED, moved, strict=True))\n"
                "    state.update(averages)\n"
                '    state["iterations"] += 1\n'
                "    return state, loss"
            )
        },
    ),
    # one epoch
    Mistake(
        name="last_batch_dropped",
        says="epochs without their smaller last batch",
        hint="With 11 rows and batches of 4, how many rows does an epoch use?",
        edits={
            _BATCHES: "for start in range(0, max(len(x) - batch_size + 1, 1), batch_size):",
            _TRAIN_STEP: "loss, state = train_step(x[rows], y[rows], state, parts, update, uniforms[rows])[::-1]",
            _EPOCH_LOSS: "return state, total / max(len(x) // batch_size * batch_size, batch_size)",
        },
    ),
    Mistake(
        name="mean_over_the_batches",
        says="an epoch whose loss is the mean over its batches",
        hint="Should a last batch of two rows count as much as one of four?",
        edits={_TOTAL: "total += loss", _EPOCH_LOSS: "return state, total / -(-len(x) // batch_size)"},
    ),
    Mistake(
        name="loss_of_the_last_batch",
        says="an epoch whose loss is that of its last batch",
        hint="Which rows should have a part in the loss of an epoch?",
        edits={_EPOCH_LOSS: "return state, loss"},
    ),
    Mistake(
        name="same_uniforms_for_each_batch",
        says="an epoch whose batches all use the first rows of the uniforms",
        hint="Which rows of the uniforms belong to the second batch?",
        edits={_TRAIN_STEP: _TRAIN_STEP.replace("uniforms[rows])", "uniforms[: len(x[rows])])")},
    ),
    Mistake(
        name="steps_counted_from_zero_each_epoch",
        says="a schedule that begins anew with each epoch",
        hint="With three batches per epoch, with which step does the second epoch begin?",
        edits={_BATCHES: 'state = {**state, "iterations": 0}\n    ' + _BATCHES},
    ),
    Mistake(
        name="averages_move_once_per_epoch",
        says="moving averages that move with the last batch of an epoch only",
        hint="How often do the moving averages move in an epoch of three batches?",
        edits={
            _BATCHES: f"averages = {{name: state[name] for name in AVERAGES}}\n    {_BATCHES}",
            _TRAIN_STEP: _TRAIN_STEP.replace("state, parts", "{**state, **averages}, parts"),
        },
    ),
    # validation
    Mistake(
        name="validation_without_penalties",
        says="a validation loss without penalties",
        hint="Is val_loss the data loss, or the total loss?",
        edits={_EVALUATE: 'return parts["loss"](values["prediction"], y)'},
    ),
    # a run
    Mistake(
        name="new_optimizer_each_epoch",
        says="a run that makes a new optimizer for each epoch",
        hint="What does an optimizer forget when it is made anew?",
        edits={_UPDATE: "", _EPOCH: f'update = parts["new_optimizer"]()\n        {_EPOCH}'},
    ),
    Mistake(
        name="masks_of_the_first_epoch",
        says="a run with the same masks in every epoch",
        hint="Which of the uniforms belong to the second epoch?",
        edits={_EPOCH: _EPOCH.replace("uniforms[epoch]", "uniforms[0]")},
    ),
    Mistake(
        name="validated_on_training_rows",
        says="a val_loss that is measured on the training rows",
        hint="What are validation_data for?",
        edits={_VALUE: "value = evaluate(x, y, state, parts)"},
    ),
    Mistake(
        name="validated_before_the_epoch",
        says="a val_loss that is measured before the epoch",
        hint="To which weights does val_loss belong: those before the epoch, or those after it?",
        edits={
            f"        {_VALUE}\n": "",
            _EPOCH: f"{_VALUE}\n        {_EPOCH}",
        },
    ),
    Mistake(
        name="training_loss_watched",
        says="early stopping that watches the training loss",
        hint="Which of the two losses tells when the network begins to learn its rows by heart?",
        edits={_STOP: _STOP.replace("stop(value,", "stop(loss,")},
    ),
    Mistake(
        name="never_stopped",
        says="a run that does not stop when it is told to",
        hint="What does stop return, and what becomes of it?",
        edits={_STOP: "        stop(value, [state[name] for name in names])\n"},
    ),
    Mistake(
        name="stopped_before_it_is_noted",
        says="a history without the epoch that ended the run",
        hint="How many epochs were run, and how many numbers has the history?",
        edits={
            '        history["loss"].append(loss)\n        history["val_loss"].append(value)\n': "",
            _STOP: _STOP + '        history["loss"].append(loss)\n        history["val_loss"].append(value)\n',
        },
    ),
    Mistake(
        name="last_weights_kept",
        says="a run that keeps the weights of its last epoch",
        hint="Which weights does finish return?",
        edits={_RESULT: "return state, history"},
    ),
    Mistake(
        name="averages_not_restored",
        says="a run that ends with weights of one epoch and moving averages of another",
        hint="What has to go back to the best epoch besides what is trained?",
        edits={_NAMES: "names = TRAINED"},
    ),
)
