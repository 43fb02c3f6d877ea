"""Right answers to early stopping, written differently."""

from grader.model import Variant

_BOTH = 'if mode == "min":\n        return value + min_delta < best\n    return value - min_delta > best'
_FIRST = "    if best is None:\n        return True\n"

VARIANTS = (
    Variant(
        name="gain_with_a_sign",
        says="one comparison for both modes: the gain, with a sign, against min_delta",
        edits={_BOTH: "gain = (best - value) * {'min': 1, 'max': -1}[mode]\n    return gain > min_delta"},
    ),
    Variant(
        name="numpy_truth_values",
        says="comparisons by NumPy, with truth values of NumPy",
        edits={_BOTH: "return np.where(mode == 'min', np.float64(best) - value, value - np.float64(best)) > min_delta"},
    ),
    Variant(
        name="epochs_since_the_best",
        says="waiting as the distance of epochs from the last one that reset it; all numbers counted in one list",
        code="""
class EarlyStopping:
    def __init__(self, min_delta=0.0, patience=0, mode="min", baseline=None, restore_best_weights=False):
        self.settings = dict(min_delta=min_delta, mode=mode)
        self.patience, self.baseline, self.restore = max(patience, 1), baseline, restore_best_weights
        self.start()

    def start(self):
        self.best, self.best_epoch, self.kept, self.seen, self.since = None, None, [], [], -1

    def update(self, value, weights=None):
        self.seen.append(value)
        epoch = len(self.seen) - 1
        if self.best_epoch is not None and not is_improvement(value, self.best, **self.settings):
            return epoch - self.since >= self.patience
        self.best, self.best_epoch = float(value), epoch
        self.kept = weights
        if self.baseline is None or is_improvement(self.best, self.baseline, **self.settings):
            self.since = epoch
        return False

    def finish(self, weights):
        return tuple(self.kept) if self.restore and self.kept else weights
""",
    ),
    Variant(
        name="history_without_the_object",
        says="a loop over the history that does without the object, with NumPy numbers",
        code="""
def epochs_run(values, min_delta=0.0, patience=0, mode="min", baseline=None):
    values = np.array(values, dtype=np.float64)
    if mode == "max":
        values = -values
        baseline = None if baseline is None else -baseline
    best, best_epoch, wait, epoch = values[0], 0, 0, 0
    if baseline is not None and not values[0] < baseline - min_delta:
        wait = 1
    while epoch + 1 < len(values):
        epoch += 1
        if best - values[epoch] > min_delta:
            best, best_epoch = values[epoch], np.int64(epoch)
            wait = 0 if baseline is None or baseline - best > min_delta else wait + 1
        else:
            wait += 1
            if wait >= patience:
                break
    return [epoch + 1, best_epoch]
""",
    ),
    Variant(
        name="training_by_hand",
        says="a training that keeps its own copies and returns an array of values",
        code="""
def train(train_epoch, validate, weights, epochs, min_delta=0.0, patience=0, mode="min", baseline=None,
          restore_best_weights=False):
    import copy

    watcher = EarlyStopping(patience=patience, min_delta=min_delta, mode=mode, baseline=baseline)
    values, kept, running = np.empty(0), copy.deepcopy(weights), True
    while running and len(values) < epochs:
        weights = copy.deepcopy(train_epoch(weights))
        values = np.append(values, validate(weights))
        running = not watcher.update(values[-1])
        if watcher.best_epoch == len(values) - 1:
            kept = copy.deepcopy(weights)
    return (kept if restore_best_weights else weights), values
""",
    ),
    Variant(
        name="best_starts_at_infinity",
        says="a best value that starts at infinity, as in most textbooks",
        edits={_FIRST: "    if best is None:\n        best = np.inf if mode == 'min' else -np.inf\n"},
        may_lose=("test_nan_in_the_first_epoch_follows_keras",),
    ),
)
