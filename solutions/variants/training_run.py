"""Right answers to a training run, written differently."""

from grader.model import Variant

_TOTAL_LOSS = """
def total_loss(prediction, y, state, parts):
    total = 0.0
    for name in state:
        if name.endswith("kernel"):
            total += float(parts["penalty"](state[name]))
    return total + float(parts["loss"](prediction, y))
"""

VARIANTS = (
    Variant(
        name="matmul_and_extra_entries",
        says="np.matmul and np.add, and more entries than are asked for",
        code="""
def forward(x, state, parts, training, uniforms=None):
    values = {"x": x, "training": training}
    values["z"] = np.matmul(x, state["kernel"])
    values["normalized"], values["moving_mean"], values["moving_variance"] = parts["batch_norm"](
        values["z"], state["gamma"], state["beta"], state["moving_mean"], state["moving_variance"], training
    )
    values["h"] = parts["relu"](values["normalized"])
    values["mask"] = np.ones_like(values["h"])
    if training:
        values["mask"] = parts["dropout_mask"](uniforms)
    values["dropped"] = np.multiply(values["mask"], values["h"])
    values["scores"] = np.add(np.matmul(values["dropped"], state["output_kernel"]), state["output_bias"])
    values["prediction"] = parts["softmax"](values["scores"])
    return values
""",
    ),
    Variant(
        name="arguments_by_name",
        says="parts that are called with the handout's argument names",
        code="""
def forward(x, state, parts, training, uniforms=None):
    z = x.dot(state["kernel"])
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    y, mean, variance = parts["batch_norm"](z=z, training=training, **{name: state[name] for name in names})
    h = parts["relu"](y=y)
    mask = parts["dropout_mask"](uniforms=uniforms) if training else np.ones(h.shape)
    scores = (mask * h).dot(state["output_kernel"]) + state["output_bias"]
    prediction = parts["softmax"](scores=scores)
    return dict(
        z=z, h=h, mask=mask, dropped=mask * h, prediction=prediction, moving_mean=mean, moving_variance=variance
    )


def train_step(x, y, state, parts, update, uniforms):
    values = forward(x=x, state=state, parts=parts, training=True, uniforms=uniforms)
    slopes = gradients(x=x, y=y, state=state, values=values, parts=parts)
    moved = update(
        weights=[state[name] for name in TRAINED],
        gradients=[slopes[name] for name in TRAINED],
        learning_rate=parts["schedule"](step=state["iterations"]),
    )
    new = dict(state)
    new.update(zip(TRAINED, moved))
    new.update((name, values[name]) for name in AVERAGES)
    new["iterations"] += 1
    return [new, np.float64(total_loss(values["prediction"], y, state, parts))]
""",
    ),
    Variant(
        name="penalties_first",
        says="a loop over the kernels, the penalties before the data loss",
        code=_TOTAL_LOSS,
    ),
    Variant(
        name="relu_written_out",
        says="relu and its way back written out",
        edits={
            'parts["relu"](normalized)': "np.where(normalized > 0, normalized, 0.0)",
            'parts["relu_backward"](dh, values["h"])': 'np.where(values["h"] > 0, dh, 0.0)',
        },
    ),
    Variant(
        name="gradients_added_in_place",
        says="own gradients to which the penalties are added in place",
        code="""
def gradients(x, y, state, values, parts):
    found = {}
    slope = parts["loss_backward"](values["prediction"], y)
    found["output_kernel"], found["output_bias"], slope = parts["dense_backward"](
        slope, values["dropped"], state["output_kernel"]
    )
    slope *= values["mask"]
    slope = parts["relu_backward"](slope, values["h"])
    slope, found["gamma"], found["beta"] = parts["batch_norm_backward"](slope, values["z"], state["gamma"])
    found["kernel"] = x.T @ slope
    for name in ("kernel", "output_kernel"):
        found[name] += parts["penalty_gradient"](state[name])
    return found
""",
    ),
    Variant(
        name="epoch_as_a_weighted_average",
        says="batches cut before the epoch, and a weighted average of their losses",
        code="""
def train_epoch(x, y, state, parts, update, uniforms, batch_size):
    cuts = list(range(batch_size, len(x), batch_size))
    losses, sizes = [], []
    for batch in zip(np.split(x, cuts), np.split(y, cuts), np.split(uniforms, cuts)):
        state, loss = train_step(batch[0], batch[1], state, parts, update, batch[2])
        losses.append(loss)
        sizes.append(len(batch[0]))
    return state, np.average(losses, weights=sizes)
""",
    ),
    Variant(
        name="arrays_in_the_history",
        says="a while loop, and a history of arrays",
        code="""
def fit(x, y, validation_data, state, parts, uniforms, epochs, batch_size):
    stop, finish = parts["new_early_stopping"]()
    update = parts["new_optimizer"]()
    names = [*AVERAGES, *TRAINED]
    losses, values, done = np.zeros(0), np.zeros(0), False
    x_val, y_val = validation_data
    while not done and len(losses) < epochs:
        state, loss = train_epoch(x, y, state, parts, update, uniforms[len(losses)], batch_size)
        losses = np.append(losses, loss)
        values = np.append(values, evaluate(x_val, y_val, state, parts))
        done = stop(values[-1], [state[name].copy() for name in names])
    final = state.copy()
    for name, weights in zip(names, finish([final[name] for name in names])):
        final[name] = weights
    return final, {"loss": losses, "val_loss": values}
""",
    ),
    Variant(
        name="own_copy_of_the_state",
        says="a deep copy of the state that is then changed in place",
        code="""
def train_step(x, y, state, parts, update, uniforms):
    import copy

    state = copy.deepcopy(state)
    values = forward(x, state, parts, True, uniforms)
    loss = total_loss(values["prediction"], y, state, parts)
    slopes = gradients(x, y, state, values, parts)
    rate = parts["schedule"](state["iterations"])
    moved = update([state[name] for name in TRAINED], [slopes[name] for name in TRAINED], rate)
    for name, weights in zip(TRAINED, moved):
        state[name][...] = weights
    state.update(moving_mean=values["moving_mean"], moving_variance=values["moving_variance"])
    state["iterations"] = state["iterations"] + 1
    return state, loss
""",
    ),
    Variant(
        name="single_precision_inside",
        says="a last layer in float32",
        edits={
            "    dropped = h * mask\n": "    dropped = (h * mask).astype(np.float32)\n",
        },
    ),
)
