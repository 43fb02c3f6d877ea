"""Known mistakes with early stopping."""

from grader.model import Mistake

_FIRST = "    if best is None:\n        return True\n"
_MIN = "return value + min_delta < best"
_MAX = "return value - min_delta > best"
_BOTH = f'if mode == "min":\n        {_MIN}\n    {_MAX}'
_IMPROVED = "if is_improvement(value, self.best, self.min_delta, self.mode):"
_NOTE = "self.best, self.best_epoch = value, epoch"
_KEEP = """if weights is not None:
                self.best_weights = [np.array(w) for w in weights]"""
_BEATEN = "if self.baseline is None or is_improvement(value, self.baseline, self.min_delta, self.mode):"
_RESET = f"{_BEATEN}\n                self.waited = 0\n"
_STOP = "return self.waited >= self.patience"
_FRESH = "        self.best_weights = None\n        self.epoch = 0\n        self.waited = 0\n"
_RESTORE = "if self.restore_best_weights and self.best_weights is not None:"
_EPOCHS = "return epochs, stopping.best_epoch"
_LOOP = """        weights = train_epoch(weights)
        values.append(validate(weights))
        if stopping.update(values[-1], weights):
            break
    return stopping.finish(weights), values"""


def _compare(smaller: str, larger: str) -> dict[str, str]:
    """Other comparisons for the two modes."""
    return {_BOTH: f'if mode == "min":\n        return {smaller}\n    return {larger}'}


MISTAKES = (
    Mistake(
        name="direction_reversed",
        says="early stopping that takes worse for better",
        hint="Which of two losses is the better one, in mode min?",
        edits=_compare("value - min_delta > best", "value + min_delta < best"),
    ),
    Mistake(
        name="mode_ignored",
        says="early stopping that takes smaller for better in every mode",
        hint="Which comparison belongs to an accuracy?",
        edits=_compare("value + min_delta < best", "value + min_delta < best"),
    ),
    Mistake(
        name="equal_is_better",
        says="early stopping that takes an equal value for an improvement",
        hint="On a plateau nothing gets better. How does the comparison judge two values that are equal?",
        edits=_compare("value + min_delta <= best", "value - min_delta >= best"),
    ),
    Mistake(
        name="min_delta_ignored",
        says="early stopping without min_delta",
        hint="How large does a gain have to be before it counts?",
        edits=_compare("value < best", "value > best"),
    ),
    Mistake(
        name="min_delta_on_the_wrong_side",
        says="early stopping in which min_delta forgives instead of asking for more",
        hint="With a min_delta above 0, is it harder or easier to count as an improvement?",
        edits=_compare("value < best + min_delta", "value > best - min_delta"),
    ),
    Mistake(
        name="min_delta_wrong_in_mode_max",
        says="early stopping whose min_delta has the wrong sign in mode max",
        hint="Is the value that has to be beaten in mode max above or below the best?",
        edits={_MAX: "return value + min_delta > best"},
    ),
    Mistake(
        name="min_delta_is_relative",
        says="early stopping that takes min_delta for a share of the best value",
        hint="Is min_delta measured in units of the loss, or in per cent?",
        edits=_compare("value < best * (1 - min_delta)", "value > best * (1 + min_delta)"),
    ),
    Mistake(
        name="gain_of_either_sign",
        says="early stopping that takes any large change for an improvement",
        hint="The distance from the best is large. In which direction?",
        edits=_compare("abs(value - best) > min_delta", "abs(best - value) > min_delta"),
    ),
    Mistake(
        name="best_starts_at_zero",
        says="early stopping whose best value starts at 0",
        hint="Can a positive loss ever be smaller than the first best value?",
        edits={_FIRST: "    if best is None:\n        best = 0.0\n"},
    ),
    Mistake(
        name="one_epoch_too_late",
        says="early stopping that stops one epoch too late",
        hint="With patience 2, how many epochs without improvement may pass? Look at the comparison with patience.",
        edits={_STOP: "return self.waited > self.patience"},
    ),
    Mistake(
        name="one_epoch_too_early",
        says="early stopping that stops one epoch too early",
        hint="With patience 3, how many epochs without improvement may pass? Count them up to the stop.",
        edits={_STOP: "return self.waited + 1 >= self.patience"},
    ),
    Mistake(
        name="stops_at_the_first_bad_epoch",
        says="early stopping that stops at the first epoch without improvement",
        hint="What difference does it make whether patience is 1 or 10?",
        edits={_STOP: "return True"},
    ),
    Mistake(
        name="never_stops",
        says="early stopping that never stops",
        hint="Under which circumstances does the answer become True?",
        edits={_STOP: "return False"},
    ),
    Mistake(
        name="patience_0_never_stops",
        says="early stopping that is switched off by patience 0",
        hint="How many epochs without improvement are forgiven with patience 0?",
        edits={_STOP: "return bool(self.patience) and self.waited >= self.patience"},
    ),
    Mistake(
        name="waiting_never_ends",
        says="early stopping that counts all bad epochs, not those in a row",
        hint="What becomes of the number of waited epochs when there is an improvement?",
        edits={
            "        self.waited += 1\n": "",
            _RESET: f"{_BEATEN}\n                self.waited += 0\n",
            _STOP: "self.waited += 1\n        return self.waited >= self.patience",
        },
    ),
    Mistake(
        name="every_epoch_is_waited",
        says="early stopping that counts every epoch as waited",
        hint="While the loss falls from epoch to epoch, how many epochs have been waited?",
        edits={
            _RESET: f"{_BEATEN}\n                self.waited += 0\n",
            "            return False\n": "            return self.waited > self.patience\n",
        },
    ),
    Mistake(
        name="small_gains_move_the_best",
        says="early stopping in which gains below min_delta move the best value",
        hint="Many small gains in a row: what is each of them compared with?",
        edits={
            _STOP: (
                "if is_improvement(value, self.best, 0.0, self.mode):\n"
                "            self.best, self.best_epoch = value, epoch\n"
                f"        {_STOP}"
            )
        },
    ),
    Mistake(
        name="compared_with_the_last",
        says="early stopping that compares with the epoch before, not with the best",
        hint="After a very bad epoch a bad one looks good. What should it be compared with?",
        edits={
            "self.waited = 0\n        ### END": "self.waited = 0\n        self.last = None\n        ### END",
            _IMPROVED: (
                "better = is_improvement(value, self.last, self.min_delta, self.mode)\n"
                "        self.last = value\n        if better:"
            ),
        },
    ),
    Mistake(
        name="best_epoch_counted_from_1",
        says="epochs counted from 1",
        hint="Which number has the first epoch?",
        edits={_NOTE: "self.best, self.best_epoch = value, epoch + 1"},
    ),
    Mistake(
        name="best_epoch_is_the_last",
        says="the last epoch in place of the best",
        hint="Which epoch is the best: the one that stopped the training, or an earlier one?",
        edits={_STOP: f"self.best_epoch = epoch\n        {_STOP}"},
    ),
    Mistake(
        name="epochs_counted_from_0",
        says="the number of the last epoch in place of the number of epochs",
        hint="If training ends after epoch 0, how many epochs have been run?",
        edits={_EPOCHS: "return epochs - 1, stopping.best_epoch"},
    ),
    Mistake(
        name="epochs_up_to_the_best",
        says="the number of epochs up to the best one",
        hint="The epochs of waiting have been run, too. Are they counted?",
        edits={_EPOCHS: "return stopping.best_epoch + 1, stopping.best_epoch"},
    ),
    Mistake(
        name="looks_into_the_future",
        says="a best epoch that is searched in the whole history",
        hint="Which values are not known yet when training stops?",
        edits={
            _EPOCHS: (
                "pick = np.nanargmin if mode == 'min' else np.nanargmax\n"
                "    return epochs, int(pick(np.array(values, dtype=float)))"
            )
        },
    ),
    Mistake(
        name="baseline_ignored",
        says="early stopping without the baseline",
        hint="What does the waiting depend on as long as the baseline is not beaten?",
        edits={_BEATEN: "if True:"},
    ),
    Mistake(
        name="baseline_is_the_first_best",
        says="early stopping that starts with the baseline as its best value",
        hint="What is the best value after a first epoch that does not beat the baseline?",
        edits={
            "        ### BEGIN SOLUTION\n        self.best_weights": (
                "        ### BEGIN SOLUTION\n        self.best = self.baseline\n        self.best_weights"
            ),
        },
    ),
    Mistake(
        name="baseline_without_min_delta",
        says="a baseline that is beaten by less than min_delta",
        hint="By how much must the baseline be beaten?",
        edits={_BEATEN: _BEATEN.replace("self.min_delta", "0.0")},
    ),
    Mistake(
        name="baseline_beaten_by_the_mode_min",
        says="a baseline that has to be undercut in every mode",
        hint="On which side of the baseline should an accuracy lie?",
        edits={_BEATEN: "if self.baseline is None or value + self.min_delta < self.baseline:"},
    ),
    Mistake(
        name="baseline_stops_improving_training",
        says="early stopping that gives up on the baseline although the values improve",
        hint="May an epoch that improves on the best end the training?",
        edits={"            return False\n": "            return self.waited > 0 and self.waited >= self.patience\n"},
    ),
    Mistake(
        name="nan_is_better",
        says="early stopping that takes NaN for an improvement",
        hint="NaN compares false with everything. What does `not` make of such a comparison?",
        edits=_compare("not value + min_delta >= best", "not value - min_delta <= best"),
    ),
    Mistake(
        name="nan_is_not_counted",
        says="early stopping that passes over an epoch with NaN",
        hint="Is an epoch with NaN an epoch without improvement?",
        edits={
            "        self.waited += 1\n": (
                "        if value != value:\n            return False\n        self.waited += 1\n"
            )
        },
    ),
    Mistake(
        name="nan_stops_at_once",
        says="early stopping that stops at the first NaN",
        hint="How many epochs without improvement may pass, whatever their values are?",
        edits={_STOP: "return value != value or self.waited >= self.patience"},
    ),
    Mistake(
        name="nan_is_replaced_by_the_next_value",
        says="early stopping that improves on a NaN of the first epoch",
        hint="Is any number smaller than NaN? The handout says what becomes of a first value that is NaN.",
        edits={_FIRST: "    if best is None or best != best:\n        return True\n"},
    ),
    Mistake(
        name="best_of_the_training_before",
        says="an object that keeps its best value when it starts anew",
        hint="What must be forgotten when another training begins? Everything that belongs to one training.",
        edits={
            "        self.best = None\n        self.best_epoch = None\n": (
                "        self.best = getattr(self, 'best', None)\n"
                "        self.best_epoch = getattr(self, 'best_epoch', None)\n"
            )
        },
    ),
    Mistake(
        name="waiting_of_the_training_before",
        says="an object that keeps its count of epochs when it starts anew",
        hint="What must be forgotten when another training begins? Everything that belongs to one training.",
        edits={
            _FRESH: (
                "        self.best_weights = None\n        self.epoch = getattr(self, 'epoch', 0)\n"
                "        self.waited = getattr(self, 'waited', 0)\n"
            )
        },
    ),
    Mistake(
        name="one_memory_for_all_objects",
        says="objects that share their best value",
        hint="To whom does `best` belong: to one object, or to the class?",
        edits={
            "        self.best = None\n        self.best_epoch = None\n": (
                "        EarlyStopping.best = None\n        EarlyStopping.best_epoch = None\n"
            ),
            _NOTE: "EarlyStopping.best, EarlyStopping.best_epoch = value, epoch",
        },
    ),
    Mistake(
        name="last_weights",
        says="the weights of the last epoch where those of the best are asked for",
        hint="Which weights belong to the best value? They have to be set aside when that value comes.",
        edits={_RESTORE: "if False:"},
    ),
    Mistake(
        name="first_weights",
        says="the weights of the first epoch",
        hint="When are the weights set aside: once, or after every improvement?",
        edits={_KEEP: _KEEP.replace("weights is not None", "weights is not None and self.best_weights is None")},
    ),
    Mistake(
        name="always_restored",
        says="best weights that are restored without being asked for",
        hint="What does restore_best_weights decide, and what is it unless it is set?",
        edits={_RESTORE: "if self.best_weights is not None:"},
    ),
    Mistake(
        name="restored_only_when_stopped",
        says="best weights that are restored only after an early stop",
        hint="A training that runs out of epochs may have had its best epoch long before. Which weights come out?",
        edits={
            _STOP: f"self.stopped = self.waited >= self.patience\n        {_STOP}",
            "self.waited = 0\n        ### END": "self.waited = 0\n        self.stopped = False\n        ### END",
            _RESTORE: _RESTORE.replace("if ", "if self.stopped and "),
        },
    ),
    Mistake(
        name="weights_before_the_epoch",
        says="a training that measures before it trains",
        hint="Which weights belong to the value of an epoch: those before it, or those after it?",
        edits={
            _LOOP: (
                "        values.append(validate(weights))\n"
                "        if stopping.update(values[-1], weights):\n"
                "            break\n"
                "        weights = train_epoch(weights)\n"
                "    return stopping.finish(weights), values"
            )
        },
    ),
    Mistake(
        name="measured_twice",
        says="a training that measures every epoch twice",
        hint="How often is validate called in one epoch? Each call costs time.",
        edits={"stopping.update(values[-1], weights)": "stopping.update(validate(weights), weights)"},
    ),
    Mistake(
        name="last_value_missing",
        says="a history without the epoch that ended the training",
        hint="The epoch that makes the training stop has been run. Is its value in the list?",
        edits={
            _LOOP: (
                "        weights = train_epoch(weights)\n"
                "        value = validate(weights)\n"
                "        if stopping.update(value, weights):\n"
                "            break\n"
                "        values.append(value)\n"
                "    return stopping.finish(weights), values"
            )
        },
    ),
    Mistake(
        name="training_never_stops",
        says="a training that runs through all its epochs",
        hint="What does the loop do when update answers True?",
        edits={
            "        if stopping.update(values[-1], weights):\n            break\n": (
                "        stopping.update(values[-1], weights)\n"
            )
        },
    ),
    Mistake(
        name="history_emptied",
        says="a history that is emptied while it is read",
        hint="What is left of the caller's list after values.pop(0)?",
        edits={
            "    for value in values:\n        epochs += 1\n": (
                "    while len(values):\n        value = values[0]\n"
                "        if isinstance(values, list):\n            values.pop(0)\n"
                "        else:\n            values = values[1:]\n        epochs += 1\n"
            )
        },
    ),
)

EQUIVALENT = {
    "EarlyStopping.update:18 array() dropped": (
        "the copy guards against a caller who changes its weights in place; arrays come to a worker fresh, "
        "so that no caller can, and no answer changes"
    ),
}
