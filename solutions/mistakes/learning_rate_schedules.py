"""Known mistakes with learning rate schedules."""

from grader.model import Mistake

_PIECES = """for boundary, value in zip(boundaries, values, strict=False):
        if step <= boundary:
            return value
    return values[-1]
"""
_P = "p = step // decay_steps if staircase else step / decay_steps\n"
_POWER = "return initial_learning_rate * decay_rate**p\n"
_EXPONENTIAL = f"{_P}    {_POWER}"
_QUOTIENT = "return initial_learning_rate / (1 + decay_rate * p)\n"
_INVERSE = f"{_P}    {_QUOTIENT}"
_FIRST_RATES = "return np.array([schedule(step) for step in range(updates)])"
_LOOP = "for rate in learning_rates(schedule, steps):\n"
_MOVE = "w = w - rate * gradient(w)\n"
_NEXT = "return self.schedule(self.iterations, **self.settings)"
_UPDATE = "rate = self.learning_rate()\n        self.iterations += 1\n"
_MOVES = "return [w - rate * gradient for w, gradient in zip(weights, gradients, strict=True)]"


def _exponential(formula: str) -> dict[str, str]:
    """Another formula for the exponential schedule."""
    return {_POWER: f"return {formula}\n"}


def _inverse(formula: str) -> dict[str, str]:
    """Another formula for the inverse time schedule."""
    return {_QUOTIENT: f"return {formula}\n"}


def _p(line: str) -> dict[str, str]:
    """Another p, in both schedules."""
    return {_EXPONENTIAL: f"{line}\n    {_POWER}", _INVERSE: f"{line}\n    {_QUOTIENT}"}


MISTAKES = (
    Mistake(
        name="boundary_belongs_to_the_new_value",
        says="boundaries at which the new value holds already",
        hint="Has a boundary been passed when the step equals it? The rules put <= and < with care.",
        edits={"if step <= boundary:": "if step < boundary:"},
    ),
    Mistake(
        name="boundary_one_step_late",
        says="boundaries that are passed one step late",
        hint="Which rate does the first step after a boundary have?",
        edits={"if step <= boundary:": "if step <= boundary + 1:"},
    ),
    Mistake(
        name="later_boundaries_never_seen",
        says="a search that stops at the first boundary that has been passed",
        hint="Which question comes first for a step that lies behind all boundaries, and what follows from its answer?",
        edits={
            _PIECES: (
                "for boundary, value in zip(boundaries, values[1:], strict=True):\n"
                "        if step > boundary:\n            return value\n    return values[0]\n"
            )
        },
    ),
    Mistake(
        name="last_match_wins",
        says="the value of the last boundary that still lies ahead",
        hint="More than one boundary can lie ahead of a step. The value of which of them is in force?",
        edits={
            _PIECES: (
                "rate = values[-1]\n    for boundary, value in zip(boundaries, values, strict=False):\n"
                "        if step <= boundary:\n            rate = value\n    return rate\n"
            )
        },
    ),
    Mistake(
        name="new_value_at_the_boundary_only",
        says="a new value that holds at its boundary and no longer",
        hint="A boundary was passed long ago. Does its value still hold?",
        edits={
            _PIECES: (
                "if step in boundaries:\n        return values[boundaries.index(step) + 1]\n    return values[0]\n"
            )
        },
    ),
    Mistake(
        name="last_value_never_used",
        says="a last value that is never used",
        hint="There is one value more than there are boundaries. When is it the turn of the last one?",
        edits={_PIECES: _PIECES.replace("values[-1]", "values[len(boundaries) - 1]")},
    ),
    Mistake(
        name="first_value_never_used",
        says="values that are one place too far on",
        hint="How many boundaries have been passed at step 0, and which value belongs to that number?",
        edits={
            _PIECES: (
                "passed = sum(step > boundary for boundary in boundaries)\n"
                "    return values[min(passed + 1, len(boundaries))]\n"
            )
        },
    ),
    Mistake(
        name="boundaries_as_lengths",
        says="boundaries that are taken for numbers of updates",
        hint="Do the boundaries count from the start of the training, or each from the one before?",
        edits={
            _PIECES: (
                "end = 0\n    for boundary, value in zip(boundaries, values, strict=False):\n        end += boundary\n"
                "        if step <= end:\n            return value\n    return values[-1]\n"
            )
        },
    ),
    Mistake(
        name="straight_lines",
        says="straight lines between the values",
        hint="Between two boundaries, does the rate stay the same or does it slide?",
        edits={_PIECES: "return float(np.interp(step, [0, *boundaries], values))\n"},
    ),
    Mistake(
        name="values_multiplied",
        says="values that are taken for factors",
        hint="Is an entry of values a learning rate, or a factor that belongs to the rate before?",
        edits={
            _PIECES: (
                "rate = values[0]\n    for boundary, value in zip(boundaries, values[1:], strict=True):\n"
                "        if step > boundary:\n            rate = rate * value\n    return rate\n"
            )
        },
    ),
    Mistake(
        name="boundaries_extended",
        says="boundaries to which one more is added in place",
        hint="To whom does the list of boundaries belong, and how long is it after three calls?",
        edits={
            _PIECES: (
                "boundaries.append(10**9)\n    for boundary, value in zip(boundaries, values, strict=False):\n"
                "        if step <= boundary:\n            return value\n    return values[-1]\n"
            )
        },
    ),
    Mistake(
        name="always_staircase",
        says="a staircase although none was asked for",
        hint="What is p at step 5, when decay_steps is 10 and staircase is False?",
        edits=_p("p = step // decay_steps"),
    ),
    Mistake(
        name="never_staircase",
        says="a smooth fall where a staircase was asked for",
        hint="Which lines run differently when staircase is True?",
        edits=_p("p = step / decay_steps"),
    ),
    Mistake(
        name="staircase_the_other_way_round",
        says="a staircase that is there when it should not be, and the other way round",
        hint="Which of the two kinds of division gives whole numbers, and when is it wanted?",
        edits=_p("p = step / decay_steps if staircase else step // decay_steps"),
    ),
    Mistake(
        name="staircase_rounds_to_the_nearest",
        says="a staircase that rounds to the nearest",
        hint="How many full periods have gone by at step 8, when decay_steps is 10?",
        edits=_p("p = round(step / decay_steps) if staircase else step / decay_steps"),
    ),
    Mistake(
        name="staircase_rounds_up",
        says="a staircase that rounds up",
        hint="How many full periods have gone by at step 1, when decay_steps is 10?",
        edits=_p("p = np.ceil(step / decay_steps) if staircase else step / decay_steps"),
    ),
    Mistake(
        name="decay_steps_ignored",
        says="a decay that takes place in every single step",
        hint="Which arguments of the function are never looked at?",
        edits=_p("p = step"),
    ),
    Mistake(
        name="decay_steps_multiplied",
        says="a step that is multiplied by decay_steps",
        hint="With a larger decay_steps, should the rate fall faster or more slowly?",
        edits=_p("p = step * decay_steps"),
    ),
    Mistake(
        name="steps_counted_from_one",
        says="a decay that is one step ahead",
        hint="What is the rate at step 0?",
        edits=_p("p = (step + 1) // decay_steps if staircase else (step + 1) / decay_steps"),
    ),
    Mistake(
        name="rest_of_the_division",
        says="the rest of a division where its result belongs",
        hint="What does the operator % give for step 25 and decay_steps 10, and what is wanted?",
        edits=_p("p = step % decay_steps"),
    ),
    Mistake(
        name="exponential_of_a_product",
        says="an exponential function of decay_rate, where its power belongs",
        hint="After one full period, by which factor should the rate have fallen? Try a decay_rate of 0.5.",
        edits=_exponential("initial_learning_rate * np.exp(-decay_rate * p)"),
    ),
    Mistake(
        name="power_of_the_rate",
        says="a power of the whole rate",
        hint="What is raised to a power: the decay_rate alone, or the rate with it? Try step 0.",
        edits=_exponential("(initial_learning_rate * decay_rate) ** p"),
    ),
    Mistake(
        name="product_in_place_of_the_power",
        says="a product where the power belongs",
        hint="What is the rate at step 0, and what should it be?",
        edits=_exponential("initial_learning_rate * decay_rate * p"),
    ),
    Mistake(
        name="falls_along_a_line",
        says="a rate that falls along a straight line",
        hint="Is the rate of period 2 found from that of period 1 by taking something off, or by multiplying?",
        edits=_exponential("initial_learning_rate * (1 - (1 - decay_rate) * p)"),
    ),
    Mistake(
        name="decay_rate_taken_as_the_loss",
        says="a factor of 1 - decay_rate",
        hint="Is decay_rate what is left of the rate after a period, or what is lost of it?",
        edits=_exponential("initial_learning_rate * (1 - decay_rate) ** p"),
    ),
    Mistake(
        name="exponential_grows",
        says="a rate that grows",
        hint="For a decay_rate below 1, does the rate get smaller from step to step?",
        edits=_exponential("initial_learning_rate / decay_rate**p"),
    ),
    Mistake(
        name="inverse_time_under_the_name_exponential",
        says="inverse time decay in place of the exponential",
        hint="Which of the two rules has a power in it, and which a fraction?",
        edits=_exponential("initial_learning_rate / (1 + decay_rate * p)"),
    ),
    Mistake(
        name="exponential_under_the_name_inverse_time",
        says="exponential decay in place of inverse time",
        hint="Which of the two rules has a power in it, and which a fraction?",
        edits=_inverse("initial_learning_rate * decay_rate**p"),
    ),
    Mistake(
        name="brackets_missing",
        says="a division by 1 to which the rest is added",
        hint="In which order does Python work out a / 1 + b, and does the rate fall?",
        edits=_inverse("initial_learning_rate / 1 + decay_rate * p"),
    ),
    Mistake(
        name="one_missing",
        says="a denominator without its 1",
        hint="What does the denominator come to at step 0?",
        edits=_inverse("initial_learning_rate / np.float64(decay_rate * p)"),
    ),
    Mistake(
        name="decay_rate_above_the_fraction_bar",
        says="a decay_rate above the fraction bar",
        hint="What is the rate at step 0, and what should it be?",
        edits=_inverse("initial_learning_rate * decay_rate / (1 + p)"),
    ),
    Mistake(
        name="decay_rate_left_out",
        says="an inverse time decay without decay_rate",
        hint="Which arguments of the function are never looked at?",
        edits=_inverse("initial_learning_rate / (1 + p)"),
    ),
    Mistake(
        name="root_of_the_time",
        says="a rate that falls like one over the root of time",
        hint="By how much should the denominator grow in every period? Compare the first with the fourth.",
        edits=_inverse("initial_learning_rate / np.sqrt(1 + decay_rate * p)"),
    ),
    Mistake(
        name="inverse_time_in_whole_numbers",
        says="a division that drops the decimals of the rate",
        hint="What is 0.3 // 1.5 in Python?",
        edits=_inverse("initial_learning_rate // (1 + decay_rate * p)"),
    ),
    Mistake(
        name="power_in_the_denominator",
        says="a denominator that is raised to a power",
        hint="How does the denominator grow: by the same amount in each period, or by the same factor?",
        edits=_inverse("initial_learning_rate / (1 + decay_rate) ** p"),
    ),
    Mistake(
        name="rates_from_step_one",
        says="rates that begin with step 1",
        hint="How many updates have been made before the first one?",
        edits={_FIRST_RATES: _FIRST_RATES.replace("range(updates)", "range(1, updates + 1)")},
    ),
    Mistake(
        name="one_rate_too_many",
        says="rates of one update too many",
        hint="How many rates are needed for nine updates, and how many are there?",
        edits={
            _FIRST_RATES: _FIRST_RATES.replace("range(updates)", "range(updates + 1)"),
            _LOOP: _LOOP.replace("steps)", "steps)[:-1]"),
        },
    ),
    Mistake(
        name="rates_multiplied",
        says="rates that are multiplied by all rates before them",
        hint="Is the answer of a schedule a rate, or a factor for the rate before?",
        edits={_FIRST_RATES: "return np.cumprod([schedule(step) for step in range(updates)])"},
    ),
    Mistake(
        name="first_rate_throughout",
        says="a descent that keeps its first rate",
        hint="The schedule knows a rate for every step. For which steps is it asked?",
        edits={_LOOP: "rate = schedule(0)\n    for _ in range(steps):\n"},
    ),
    Mistake(
        name="last_rate_throughout",
        says="a descent that uses its last rate from the start",
        hint="The schedule knows a rate for every step. For which steps is it asked?",
        edits={_LOOP: "rate = schedule(steps - 1)\n    for _ in range(steps):\n"},
    ),
    Mistake(
        name="rate_decays_the_rate",
        says="a descent that shrinks the rate it shrank before",
        hint="The rates of steps 0 and 1 can be right by themselves. From what is the rate of step 2 worked out?",
        edits={
            _LOOP: (
                "rate = 1.0\n    for factor in learning_rates(schedule, steps):\n"
                "        rate = factor if len(trajectory) == 1 else rate * factor / schedule(0)\n"
            )
        },
    ),
    Mistake(
        name="descent_from_step_one",
        says="a descent whose first update uses step 1",
        hint="How many updates have been made before the first one?",
        edits={_LOOP: "for rate in learning_rates(lambda step: schedule(step + 1), steps):\n"},
    ),
    Mistake(
        name="uphill",
        says="steps uphill",
        hint="Follow the sign of the gradient on its way to the new weights. Does the loss rise or fall?",
        edits={_MOVE: "w = w + rate * gradient(w)\n", _MOVES: _MOVES.replace("w - rate", "w + rate")},
    ),
    Mistake(
        name="gradient_of_the_start",
        says="the gradient of the start in every step",
        hint="The weights move on. Where is the slope measured that the third step uses?",
        edits={"trajectory = [w]": "trajectory, slope = [w], gradient(w)", _MOVE: "w = w - rate * slope\n"},
    ),
    Mistake(
        name="gradient_asked_twice",
        says="a descent that asks for the gradient more often than once per step",
        hint="Each call may cost a pass over all the data. How many calls are needed for five steps?",
        edits={"trajectory = [w]": "trajectory, _ = [w], gradient(w)"},
    ),
    Mistake(
        name="start_missing",
        says="a way without its start",
        hint="How many points does a way of one step have?",
        edits={"return np.array(trajectory)": "return np.array(trajectory[1:])"},
    ),
    Mistake(
        name="way_in_whole_numbers",
        says="a way cut down to whole numbers",
        hint="Which dtype does an array get that is made in the likeness of a start in whole numbers?",
        edits={"return np.array(trajectory)": "return np.array(trajectory).astype(trajectory[0].dtype)"},
    ),
    Mistake(
        name="weights_in_place",
        says="weights that are changed in place",
        hint="Who else holds the array that is changed here? Think of the caller, and of the points kept on the way.",
        edits={
            _MOVE: "w -= (rate * gradient(w)).astype(w.dtype)\n",
            _MOVES: (
                "for w, gradient in zip(weights, gradients, strict=True):\n            w -= rate * gradient\n"
                "        return weights"
            ),
        },
    ),
    Mistake(
        name="rates_rounded",
        says="rates that are rounded",
        hint="How many digits of the learning rate are used?",
        edits={
            _POWER: "return round(float(initial_learning_rate * decay_rate**p), 2)\n",
            _QUOTIENT: "return round(float(initial_learning_rate / (1 + decay_rate * p)), 2)\n",
        },
    ),
    Mistake(
        name="count_stands_still",
        says="a count of updates that stands still",
        hint="How many updates has the optimizer counted after three of them?",
        edits={_UPDATE: "rate = self.learning_rate()\n"},
    ),
    Mistake(
        name="count_from_one",
        says="a count of updates that starts at one",
        hint="How many updates have been made before the first one?",
        edits={"self.iterations = 0": "self.iterations = 1"},
    ),
    Mistake(
        name="counted_before_the_update",
        says="an update that counts itself before it asks for its rate",
        hint="Does the number of updates made so far hold the one that is being made? Look at the order of the lines.",
        edits={_UPDATE: "self.iterations += 1\n        rate = self.learning_rate()\n"},
    ),
    Mistake(
        name="counted_by_parameter",
        says="a count that grows with every parameter",
        hint="How many updates have been made after one update of a matrix and a vector?",
        edits={
            _UPDATE: "moved = []\n",
            _MOVES: (
                "for w, gradient in zip(weights, gradients, strict=True):\n"
                "            moved.append(w - self.learning_rate() * gradient)\n"
                "            self.iterations += 1\n        return moved"
            ),
        },
    ),
    Mistake(
        name="asking_counts",
        says="a count that grows whenever the learning rate is asked for",
        hint="What should happen to the count when somebody looks at the learning rate?",
        edits={
            _NEXT: "self.iterations += 1\n        return self.schedule(self.iterations - 1, **self.settings)",
            _UPDATE: "rate = self.learning_rate()\n",
        },
    ),
    Mistake(
        name="count_of_all_optimizers",
        says="a count that all optimizers share",
        hint="To whom does the count belong: to one optimizer, to the class, or to the whole module?",
        edits={
            "self.iterations = 0": "ScheduledSGD.iterations = 0",
            "self.iterations += 1": "ScheduledSGD.iterations += 1",
        },
    ),
    Mistake(
        name="rate_kept_from_the_start",
        says="an optimizer that keeps its first rate",
        hint="When is the schedule asked: once in the beginning, or for every update?",
        edits={_UPDATE: "rate = self.schedule(0, **self.settings)\n        self.iterations += 1\n"},
    ),
)
