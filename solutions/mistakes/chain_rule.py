"""The chain rule: known mistakes."""

from grader.model import Mistake

_POINT_MOVES = """        point = list(point)
        for i in trainable:
            point[i] = point[i] - learning_rate * gradients[i]
"""

MISTAKES = (
    Mistake(
        name="exponential_taken_for_a_power",
        says="a derivative of exp in which x has come down as a factor",
        hint="In x**3 the base varies. What varies in e**x?",
        edits={"        return np.exp(x)\n": "        return x * np.exp(x - 1)\n"},
    ),
    Mistake(
        name="slope_of_another_logarithm",
        says="the derivative of the logarithm to base 10",
        hint="At 1 the natural logarithm has the slope 1. Which logarithm does the tape mean?",
        edits={"        return 1 / x\n": "        return 1 / (x * np.log(10))\n"},
    ),
    Mistake(
        name="logarithm_instead_of_its_slope",
        says="the logarithm itself where its derivative is asked for",
        hint="At 1 the logarithm is 0. Is it flat there?",
        edits={"        return 1 / x\n": "        return np.log(x)\n"},
    ),
    Mistake(
        name="sine_instead_of_its_slope",
        says="the sine itself where its derivative is asked for",
        hint="At 0 the sine is 0. Is it flat there?",
        edits={"        return np.cos(x)\n": "        return np.sin(x)\n"},
    ),
    Mistake(
        name="sine_falls",
        says="a derivative of the sine with the opposite sign",
        hint="Does the sine rise or fall as x leaves 0?",
        edits={"        return np.cos(x)\n": "        return -np.cos(x)\n"},
    ),
    Mistake(
        name="cosine_rises",
        says="a derivative of the cosine without its minus sign",
        hint="Does the cosine rise or fall as x leaves 0?",
        edits={"    return -np.sin(x)\n": "    return np.sin(x)\n"},
    ),
    Mistake(
        name="degrees",
        says="derivatives of sine and cosine with x in degrees",
        hint="In which unit do np.sin and np.cos take their argument?",
        edits={
            "        return np.cos(x)\n": "        return np.cos(np.deg2rad(x))\n",
            "    return -np.sin(x)\n": "    return -np.sin(np.deg2rad(x))\n",
        },
    ),
    Mistake(
        name="exponent_not_lowered",
        says="a power whose exponent stays as it was",
        hint="The slope of x**2 at 3 is 6. Which power of x is left?",
        edits={"return exponent * x ** (exponent - 1)": "return exponent * x**exponent"},
    ),
    Mistake(
        name="exponent_not_in_front",
        says="a derivative of a power without the exponent as a factor",
        hint="The slope of x**2 at 3 is 6. Where does the exponent go when it is lowered?",
        edits={"return exponent * x ** (exponent - 1)": "return x ** (exponent - 1)"},
    ),
    Mistake(
        name="lowered_exponent_in_front",
        says="a derivative of a power with the lowered exponent as its factor",
        hint="The slope of x**2 at 3 is 6. Is the factor the exponent before or after it was lowered?",
        edits={"return exponent * x ** (exponent - 1)": "return (exponent - 1) * x ** (exponent - 1)"},
    ),
    Mistake(
        name="power_taken_for_an_exponential",
        says="the derivative of a power with respect to its exponent",
        hint="Which of the two varies here, x or the exponent?",
        edits={"return exponent * x ** (exponent - 1)": "return np.log(np.abs(x)) * x**exponent"},
    ),
    Mistake(
        name="exponent_made_positive",
        says="a derivative of a power that drops the sign of a negative exponent",
        hint="Does 1/x rise or fall for positive x? The rule holds for negative exponents as it stands.",
        edits={"return exponent * x ** (exponent - 1)": "return abs(exponent) * x ** (exponent - 1)"},
    ),
    Mistake(
        name="slope_of_a_sum_is_its_operand",
        says="derivatives of a sum that are the operands themselves",
        hint="By how much does a + b grow when a grows by one?",
        edits={"return np.ones_like(a), np.ones_like(b)": "return a, b"},
    ),
    Mistake(
        name="one_number_for_an_array",
        says="derivatives of a sum that are one number for a whole array",
        hint="Which shape does the docstring ask for when a and b are arrays?",
        edits={"return np.ones_like(a), np.ones_like(b)": "return 1.0, 1.0"},
    ),
    Mistake(
        name="product_operands_not_exchanged",
        says="derivatives of a product with its operands in the wrong places",
        hint="By how much does a * b grow when a grows by one? Try 2 and 4.",
        edits={"return b, a": "return a, b"},
    ),
    Mistake(
        name="quotient_without_minus",
        says="a derivative of a quotient that lacks its minus sign",
        hint="Does a / b rise or fall as b grows?",
        edits={"return 1 / b, -a / b**2": "return 1 / b, a / b**2"},
    ),
    Mistake(
        name="quotient_without_square",
        says="a derivative of a quotient whose denominator is not squared",
        hint="Write 1/b as a power of b and lower its exponent. Which exponent is left?",
        edits={"return 1 / b, -a / b**2": "return 1 / b, -a / b"},
    ),
    Mistake(
        name="quotient_upside_down",
        says="the derivatives of b / a",
        hint="Which operand is divided by which?",
        edits={"return 1 / b, -a / b**2": "return -b / a**2, 1 / a"},
    ),
    Mistake(
        name="derivatives_of_each_operand_exchanged",
        says="derivatives of a quotient in the wrong order",
        hint="Which of the two derivatives stands first?",
        edits={"return 1 / b, -a / b**2": "return -a / b**2, 1 / b"},
    ),
    Mistake(
        name="outer_slope_at_the_inner_input",
        says="a chain whose derivatives are all taken at x",
        hint="In exp(sin x), which number goes into exp? Its slope is wanted there.",
        edits={"slope = slope * derivative(name, value)": "slope = slope * derivative(name, x)"},
    ),
    Mistake(
        name="slope_at_the_output",
        says="a chain whose derivatives are taken at what comes out of each function",
        hint="Is the slope of a function wanted where it reads or at what it returns? Look at the order of two lines.",
        edits={
            "        slope = slope * derivative(name, value)\n        value = getattr(np, name)(value)\n": (
                "        value = getattr(np, name)(value)\n        slope = slope * derivative(name, value)\n"
            )
        },
    ),
    Mistake(
        name="slopes_added",
        says="a chain whose derivatives are added",
        hint="One wheel turns the next 3 times as fast, and that one the third twice as fast. How fast is the third?",
        edits={
            "value, slope = x, 1.0": "value, slope = x, 0.0",
            "slope = slope * derivative(name, value)": "slope = slope + derivative(name, value)",
        },
    ),
    Mistake(
        name="outermost_slope_only",
        says="a chain with the derivative of its last function only",
        hint="x reaches the last function through all the others. What do they do to a small change of x?",
        edits={"slope = slope * derivative(name, value)": "slope = derivative(name, value)"},
    ),
    Mistake(
        name="innermost_slope_missing",
        says="a chain without the derivative of its first function",
        hint="How many factors has the derivative of a chain of two?",
        edits={
            "slope = slope * derivative(name, value)": (
                "slope = slope * (derivative(name, value) if value != x else 1.0)"
            )
        },
    ),
    Mistake(
        name="outermost_first",
        says="a chain that is applied in reverse order",
        hint='Is ["sin", "exp"] exp(sin x) or sin(exp x)?',
        edits={"    for name in names:\n": "    for name in reversed(names):\n"},
    ),
    Mistake(
        name="inputs_left_out",
        says="values without the inputs",
        hint="Which value has position 0?",
        edits={"    return values\n": "    return values[len(inputs) :]\n"},
    ),
    Mistake(
        name="result_only",
        says="the result where all values are asked for",
        hint="What does the way back need besides the result?",
        edits={
            "    return values\n": "    return values[-1]\n",
            "backward(tape, forward(tape, point))": "backward(tape, _all_values(tape, point))",
        },
        code=(
            "def _all_values(tape, inputs):\n"
            "    values = list(inputs)\n"
            "    for number in range(1, len(tape) + 1):\n"
            "        values.append(forward(tape[:number], inputs))\n"
            "    return values\n"
        ),
    ),
    Mistake(
        name="divided_the_wrong_way_round",
        says="a tape whose divide is value j / value i",
        hint="Which of its two positions does divide divide by?",
        edits={
            "values.append(getattr(np, name)(values[i], *operands))": (
                "operands = [values[i], *operands]\n"
                '        values.append(getattr(np, name)(*(operands[::-1] if name == "divide" else operands)))'
            )
        },
    ),
    Mistake(
        name="exponent_read_as_a_position",
        says="a power whose exponent is looked up among the values",
        hint='In ("power", i, c), which of the two numbers is a position?',
        edits={
            'operands = rest if name == "power" else [values[j] for j in rest]': (
                "operands = [values[int(j)] for j in rest]"
            )
        },
    ),
    Mistake(
        name="power_taken_for_a_product",
        says="a power that is worked out as a product",
        hint="What is 2**3, and what is 2 * 3?",
        edits={
            "values.append(getattr(np, name)(values[i], *operands))": (
                'values.append(getattr(np, name.replace("power", "multiply"))(values[i], *operands))'
            )
        },
    ),
    Mistake(
        name="inputs_appended_to",
        says="values that are appended to the list of inputs",
        hint="After inputs.append(…), how long is the caller's own list?",
        edits={
            "values = [float(number) for number in inputs]": "values = inputs",
            "forward(tape, point)": "forward(tape, list(point))",
        },
    ),
    Mistake(
        name="gradients_overwritten",
        says="gradients that are overwritten where they should add up",
        hint="A value is used twice. What becomes of the share that arrived first?",
        edits={
            "gradients[i] += gradients[k] * power_derivative": "gradients[i] = gradients[k] * power_derivative",
            "gradients[i] += gradients[k] * da": "gradients[i] = gradients[k] * da",
            "gradients[j] += gradients[k] * db": "gradients[j] = gradients[k] * db",
            "gradients[i] += gradients[k] * derivative": "gradients[i] = gradients[k] * derivative",
        },
    ),
    Mistake(
        name="second_share_lost",
        says="gradients in which an operation that reads one value twice counts once",
        hint="The slope of x * x at 3 is 6. How many shares does position i get from an operation that reads it twice?",
        edits={
            "            gradients[j] += gradients[k] * db\n": (
                "            if j != i:\n                gradients[j] += gradients[k] * db\n"
            )
        },
    ),
    Mistake(
        name="tape_read_forwards",
        says="reverse accumulation that starts at the beginning of the tape",
        hint="The gradient of which position is known first?",
        edits={"for k in reversed(range(first, len(values))):": "for k in range(first, len(values)):"},
    ),
    Mistake(
        name="incoming_gradient_dropped",
        says="gradients that are local derivatives only",
        hint="By what is a local derivative multiplied before it is added?",
        edits={
            "gradients[i] += gradients[k] * power_derivative": "gradients[i] += power_derivative",
            "gradients[i] += gradients[k] * da": "gradients[i] += da",
            "gradients[j] += gradients[k] * db": "gradients[j] += db",
            "gradients[i] += gradients[k] * derivative": "gradients[i] += derivative",
        },
    ),
    Mistake(
        name="first_operand_only",
        says="gradients that reach only the first operand",
        hint="How many positions does multiply read, and how many does it send to?",
        edits={"            gradients[j] += gradients[k] * db\n": ""},
    ),
    Mistake(
        name="local_slope_at_the_result_of_the_step",
        says="local derivatives that are taken at what an operation returned",
        hint="Is the slope of sin wanted at what it read or at what it returned?",
        edits={
            "gradients[i] += gradients[k] * derivative(name, values[i])": (
                "gradients[i] += gradients[k] * derivative(name, values[k])"
            )
        },
    ),
    Mistake(
        name="operands_of_the_tape_exchanged",
        says="gradients that are sent to the wrong one of two operands",
        hint="Which derivative belongs to the position that stands first in the operation?",
        edits={
            "gradients[i] += gradients[k] * da": "gradients[j] += gradients[k] * da",
            "gradients[j] += gradients[k] * db": "gradients[i] += gradients[k] * db",
        },
    ),
    Mistake(
        name="every_gradient_starts_at_1",
        says="gradients that all start at 1",
        hint="Before anything has been sent, what is known about the gradients of the other positions?",
        edits={"gradients = [0.0] * len(values)": "gradients = [1.0] * len(values)"},
    ),
    Mistake(
        name="no_gradient_starts_at_1",
        says="gradients that are all 0",
        hint="What is the derivative of the result with respect to itself?",
        edits={"    gradients[-1] = 1.0\n": ""},
    ),
    Mistake(
        name="starts_at_the_value_of_the_result",
        says="gradients that start from the value of the result",
        hint="When the result grows by one, by how much does the result grow? That does not depend on its size.",
        edits={"gradients[-1] = 1.0": "gradients[-1] = values[-1]"},
    ),
    Mistake(
        name="gradients_of_the_inputs_only",
        says="the gradients of the inputs where those of all values are asked for",
        hint="How many entries has the list of gradients?",
        edits={"    return gradients\n": "    return gradients[:first]\n"},
    ),
    Mistake(
        name="gradients_in_reverse",
        says="gradients in the order in which they were found",
        hint="To which position does the first entry of the list belong?",
        edits={
            "    return gradients\n": "    return gradients[::-1]\n",
            "backward(tape, forward(tape, point))": "backward(tape, forward(tape, point))[::-1]",
        },
    ),
    Mistake(
        name="none_where_nothing_arrived",
        says="None in place of a gradient that is 0",
        hint="How fast does the result change with a value that it does not depend on?",
        edits={"    return gradients\n": "    return [gradient if gradient else None for gradient in gradients]\n"},
    ),
    Mistake(
        name="exponent_gets_a_gradient",
        says="gradients of which one goes to the position with the number of an exponent",
        hint='In ("power", i, c), which positions are read?',
        edits={
            "gradients[i] += gradients[k] * power_derivative(values[i], rest[0])": (
                "gradients[i] += gradients[k] * power_derivative(values[i], rest[0])\n"
                "            gradients[int(rest[0])] += gradients[k] * values[k] * np.log(values[i])"
            )
        },
    ),
    Mistake(
        name="tape_turned_round",
        says="reverse accumulation that turns the caller's own tape round",
        hint="After tape.reverse(), what does the caller's tape look like?",
        edits={
            "    first = len(values) - len(tape)\n": (
                "    first = len(values) - len(tape)\n    tape.reverse()\n    tape = tape[::-1]\n"
            ),
            "backward(tape, forward(tape, point))": "backward(list(tape), forward(tape, point))",
        },
    ),
    Mistake(
        name="uphill",
        says="steps in the direction of the gradient",
        hint="The gradient points where the loss grows. In which direction does the loss fall?",
        edits={"point[i] - learning_rate * gradients[i]": "point[i] + learning_rate * gradients[i]"},
    ),
    Mistake(
        name="no_learning_rate",
        says="steps that leave out the learning rate",
        hint="How long is a step for a learning rate of 0.1, and how long for 0.01?",
        edits={"point[i] - learning_rate * gradients[i]": "point[i] - gradients[i]"},
    ),
    Mistake(
        name="every_input_moves",
        says="a descent in which every input moves",
        hint="Which inputs does trainable name? The data are inputs too.",
        edits={"        for i in trainable:\n": "        for i in range(len(point)):\n"},
    ),
    Mistake(
        name="gradients_counted_from_the_first_input",
        says="a descent that takes the gradients of the first inputs for those of the trainable ones",
        hint="With trainable = [2], which entry of the list of gradients is needed?",
        edits={
            "        for i in trainable:\n": "        for number, i in enumerate(trainable):\n",
            "point[i] - learning_rate * gradients[i]": "point[i] - learning_rate * gradients[number]",
        },
    ),
    Mistake(
        name="one_input_after_the_other",
        says="a descent in which each input moves before the gradient of the next is taken",
        hint="At which point are the gradients of one step taken: all at one, or each at its own?",
        edits={
            _POINT_MOVES: _POINT_MOVES + "            gradients = backward(tape, forward(tape, point))\n",
        },
    ),
    Mistake(
        name="gradients_of_the_starting_point",
        says="a walk that keeps the gradients of its starting point",
        hint="After the first step the values on the tape have changed. When is forward called again?",
        edits={"backward(tape, forward(tape, point))": "backward(tape, forward(tape, inputs))"},
    ),
    Mistake(
        name="start_left_out",
        says="a walk without its starting point",
        hint="How many points does a walk of one step have?",
        edits={
            "trajectory = [point]": "trajectory = []",
            "return np.array(trajectory)": "return np.array(trajectory).reshape(steps, len(inputs))",
        },
    ),
    Mistake(
        name="last_point_only",
        says="a walk of which only the last point is kept",
        hint="Each step reaches a new point. Where are the ones before the last?",
        edits={"return np.array(trajectory)": "return np.array(trajectory[-1])"},
    ),
    Mistake(
        name="trainable_inputs_only",
        says="a walk that shows only the inputs that move",
        hint="How many numbers has a point of the walk when one of four inputs is trainable?",
        edits={"return np.array(trajectory)": "return np.array(trajectory)[:, trainable]"},
    ),
    Mistake(
        name="one_list_for_all_points",
        says="a walk whose points are all the same list",
        hint="What does an update in place do to the points that were noted earlier?",
        edits={"        point = list(point)\n": ""},
    ),
    Mistake(
        name="rounded_to_whole_numbers",
        says="a walk that keeps the number type of its starting point",
        hint="Which number type has an array that is made from whole numbers?",
        edits={"return np.array(trajectory)": "return np.array(trajectory).astype(np.array(inputs).dtype)"},
    ),
    Mistake(
        name="inputs_moved_in_place",
        says="a descent that moves the caller's own inputs",
        hint="After the walk, what does the caller's own list hold?",
        edits={
            _POINT_MOVES: _POINT_MOVES + "            inputs[i] = point[i]\n",
        },
    ),
)

_ONE_ENTRY = "rest has one entry there: the first is the last"

EQUIVALENT = {
    "backward:18 0 becomes -1": _ONE_ENTRY,
    "backward:20 0 becomes -1": _ONE_ENTRY,
}
