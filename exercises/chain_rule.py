"""The chain rule, and reverse accumulation.

Idea
    However long a formula is, it is made of small steps: a product, a sine, a logarithm. The derivative of each
    small step is known. The chain rule puts them together: along a chain the derivatives multiply, each taken at
    the number that really goes into its step; where a value is used more than once, the contributions add up.
    Reverse accumulation does this from the result backwards, and needs one pass for the derivatives with respect
    to all inputs together. On a network with a million weights that is backpropagation, and GradientTape.

Rule, one step
    exp    (e**x)'   = e**x                    add        d(a + b)/da = 1        d(a + b)/db = 1
    log    (log x)'  = 1/x                     multiply   d(a * b)/da = b        d(a * b)/db = a
    sin    (sin x)'  = cos x                   divide     d(a / b)/da = 1/b      d(a / b)/db = -a/b**2
    cos    (cos x)'  = -sin x                  power      d(x**c)/dx  = c * x**(c - 1), c a fixed number

Rule, a chain
    y = f(u), u = g(x)        dy/dx = f'(u) * g'(x)          f' at u = g(x), not at x

The tape
    A tape is a list of operations. Values have positions: the inputs come first, from position 0 on, and every
    operation adds one value at the end. An operation is a tuple: its name, and the positions it reads.
        ("exp", i)    ("log", i)    ("sin", i)    ("cos", i)
        ("add", i, j)    ("multiply", i, j)    ("divide", i, j)         divide is value i / value j
        ("power", i, c)                                                 c is the exponent itself, not a position
    An operation reads only what stands before it. The last value is the result. The names are those of NumPy
    and of keras.ops: np.multiply, keras.ops.multiply. There is no operation for a constant: it is an input
    whose derivative nobody asks for. A difference a - c is add with the input -c.

Reverse accumulation
    gradient of position k = d result / d value k. Start with 0 everywhere and 1 at the result. Go through the
    tape from its last operation to its first. The operation at position k sends to each position it reads
        gradient of position k * local derivative with respect to that operand
    and there it is added to what has already arrived. When an operation's turn comes, all who use its value
    have sent their share. ("multiply", i, i) reads position i twice and sends to it twice.

Conventions (texts differ; graded is what Keras' backend TensorFlow does with a GradientTape)
    - log is the natural logarithm; sin and cos take radians.
    - A position that the result does not depend on has the gradient 0. GradientTape answers None unless it is
      asked with unconnected_gradients="zero".
    - Texts also call the gradient of a position its adjoint and write a bar over it.
    - With an array of results GradientTape gives the gradient of their sum. For a function that works element
      by element, such as exp, that is the derivative of each element.
    - No function changes its arguments; what changes is returned as a new value.

Worked example 1: a chain, y = exp(sin x) at x = 0.5
    u = sin 0.5 = 0.479426        y = exp u = 1.615146
    dy/dx = exp u * cos x = 1.615146 * 0.877583 = 1.417424

Worked example 2: a tape, f(x, y) = x * y + sin x at x = 2, y = 3
    position   operation              value       gradient
    0          input x                2           3 * 1 + cos 2 * 1 = 2.583853        used twice: a sum
    1          input y                3           2 * 1 = 2
    2          ("multiply", 0, 1)     6           1 * 1 = 1
    3          ("sin", 0)             0.909297    1 * 1 = 1
    4          ("add", 2, 3)          6.909297    1
    The tape is [("multiply", 0, 1), ("sin", 0), ("add", 2, 3)].

Worked example 3: three steps of descent on (w - 3)**2 from w = 1, learning rate 0.1
    inputs [1, -3], tape [("add", 0, 1), ("power", 2, 2)], trainable [0]
    gradients -4, -3.2, -2.56          w = 1, 1.4, 1.72, 1.976          the input -3 stays where it is

Tutorials
    - ^ is not a power in Python: 2 ^ 3 is 1, and 2.0 ^ 3 is an error. Write 2**3.
    - np.log is the natural logarithm. np.log10 is another one, and its derivative is 1/(x * log 10).
    - Many first versions of a tape overwrite a gradient where a share should be added. They are right as long as
      no value is used twice.
    - A GradientTape can be asked once, unless it was made with persistent=True, and it watches variables by
      itself but constants only after tape.watch.

Papers
    R. E. Wengert, A Simple Automatic Derivative Evaluation Program, Communications of the ACM 7, 1964 (the tape).
    S. Linnainmaa, Taylor Expansion of the Accumulated Rounding Error, BIT 16, 1976 (reverse accumulation).
    A. Baydin, B. Pearlmutter, A. Radul and J. Siskind, Automatic Differentiation in Machine Learning: a Survey,
    Journal of Machine Learning Research 18, 2018, arXiv:1502.05767.

Keras
    tensorflow.org/api_docs/python/tf/GradientTape, keras.io/api/ops/numpy, keras.io/api/optimizers/sgd.
"""

import numpy as np


def derivative(name, x):
    """The derivative of a function of one variable, element by element.

    Args:
        name: "exp", "log", "sin" or "cos".
        x: where, an array of floats of any shape or a float; positive for "log".

    Returns:
        The derivative at each element, same shape as x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def power_derivative(x, exponent):
    """The derivative of x**exponent with respect to x, element by element.

    Args:
        x: where, an array of floats of any shape or a float, not 0; positive if exponent is not a whole number.
        exponent: a fixed number, positive or negative, whole or not.

    Returns:
        The derivative at each element, same shape as x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def partial_derivatives(name, a, b):
    """The two derivatives of an operation with two operands, element by element.

    Args:
        name: "add", "multiply" or "divide" (a / b).
        a: first operand, an array of floats of any shape or a float.
        b: second operand, same shape as a; not 0 for "divide".

    Returns:
        A pair: the derivative with respect to a and that with respect to b, each of the shape of a.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def chain(names, x):
    """Value and derivative of functions of one variable that are applied one after the other.

    Args:
        names: list of "exp", "log", "sin" and "cos" in the order in which they are applied: the innermost
            first, so that ["sin", "exp"] is exp(sin x). It may be empty: then the value is x itself.
        x: where, a float.

    Returns:
        A pair (value, derivative) of two numbers.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def forward(tape, inputs):
    """Carry out the operations of a tape.

    Args:
        tape: list of operations as described above.
        inputs: list of numbers.

    Returns:
        The list of all values: the inputs, then one number for each operation. The last one is the result.
        The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def backward(tape, values):
    """Reverse accumulation: the derivatives of the result with respect to every value of a tape.

    Args:
        tape: list of operations as described above.
        values: all values of the tape as forward gives them, a list of numbers.

    Returns:
        A list of numbers, one gradient for each entry of values, in the same order: the derivative of the last
        value with respect to that entry. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def descend(tape, inputs, trainable, learning_rate, steps):
    """Gradient descent on the result of a tape.

    Args:
        tape: list of operations as described above; its result is the loss.
        inputs: list of numbers to start from, whole or not.
        trainable: list of the positions of the inputs that move. All move at once; the others stay as they are.
        learning_rate: step size, a positive number.
        steps: number of steps, 0 or more.

    Returns:
        The inputs before the first step and after each, an array of floats of shape (steps + 1, number of
        inputs). The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
