"""Right answers to dropout, written differently."""

from grader.model import Variant

_MASK = """    if rate == 1:
        return np.zeros(uniforms.shape)
    return (uniforms >= rate) / (1 - rate)
"""
_STEP = """        w = w - learning_rate * 2 * x_dropped.T @ error / len(x)
        b = b - learning_rate * 2 * np.mean(error)
"""

VARIANTS = (
    Variant(
        name="chosen_by_where",
        says="np.where for the mask",
        edits={_MASK: "    return np.where(uniforms >= rate, 1 / (1 - rate) if rate < 1 else 0.0, 0.0)\n"},
    ),
    Variant(
        name="element_by_element",
        says="a loop over the elements of the mask",
        edits={
            _MASK: (
                "    mask = np.zeros(uniforms.shape)\n"
                "    for index, u in np.ndenumerate(uniforms):\n"
                "        if u >= rate:\n"
                "            mask[index] = 1.0 / (1.0 - rate)\n"
                "    return mask\n"
            )
        },
    ),
    Variant(
        name="zeros_where_dropped",
        says="a copy whose dropped elements are set to zero",
        edits={
            "    return x * mask\n": (
                "    y = np.array(x, dtype=float)\n    y[mask == 0] = 0.0\n    return np.multiply(y, mask)\n"
            )
        },
    ),
    Variant(
        name="copy_at_inference",
        says="a copy of x at inference",
        edits={"return x, np.ones(x.shape)": "return np.array(x), np.ones_like(x, dtype=float)"},
    ),
    Variant(
        name="uniform_by_name",
        says="rng.uniform instead of rng.random",
        edits={
            "mask = dropout_mask(rng.random(x.shape), rate)": "mask = dropout_mask(rng.uniform(size=x.shape), rate)"
        },
    ),
    Variant(
        name="update_in_place_on_copies",
        says="weights updated in place, on copies of their own",
        edits={
            "    losses = []\n": "    losses, w = [], np.array(w, dtype=float)\n",
            _STEP: (
                "        w -= learning_rate * (2 / len(x)) * np.matmul(x_dropped.T, error)\n"
                "        b -= learning_rate * (2 / len(x)) * np.sum(error)\n"
            ),
        },
    ),
    Variant(
        name="single_precision_inside",
        says="the mask in float32",
        edits={
            _MASK: _MASK.replace(
                "(uniforms >= rate) / (1 - rate)", "((uniforms >= rate) / (1 - rate)).astype(np.float32)"
            )
        },
    ),
)
