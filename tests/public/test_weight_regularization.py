"""Weight regularisation: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack


def test_penalties_of_the_handout(student):
    """The weights [1, -2, 0.5, 0] cost 0.035 with l1 = 0.01, and 0.0525 with l2 = 0.01."""
    w = np.array([1.0, -2.0, 0.5, 0.0])
    assert_matches(student.l1_penalty(w, 0.01), 0.035, name="the L1 penalty")
    assert_matches(student.l2_penalty(w, 0.01), 0.0525, name="the L2 penalty")


def test_gradients_of_the_handout(student):
    """Their gradients are [0.01, -0.01, 0.01, 0] and [0.02, -0.04, 0.01, 0]."""
    w = np.array([1.0, -2.0, 0.5, 0.0])
    for name, l1, l2, expected in (
        ("the gradient of L1", 0.01, 0.0, [0.01, -0.01, 0.01, 0.0]),
        ("the gradient of L2", 0.0, 0.01, [0.02, -0.04, 0.01, 0.0]),
    ):
        assert_matches(student.penalty_gradient(w, l1=l1, l2=l2), np.array(expected), name=name)


def test_penalty_of_two_layers(student):
    """The two layers of the handout cost 1.09, and biases cost nothing."""
    layers = [
        (np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([5.0, -5.0])),
        (np.array([[2.0], [-1.0]]), np.array([7.0])),
    ]
    assert_matches(student.network_penalty(layers, l1=0.1, l2=0.01), 1.09, name="the penalty")
    assert_matches(student.network_penalty(layers[:1], l1=0.001, l2=0.0), 0.006, name="the penalty of the first layer")


def test_loss_and_step_of_the_handout(student):
    """The five rows: loss 1.75, and a step to w = [0.83, -0.99] and b = 0.46."""
    loss = student.regularized_loss(*_five_rows(), l1=0.25, l2=0.125)
    assert_matches(loss, 1.75, name="the loss")
    w, b = unpack(student.regularized_step(*_five_rows(), 0.1, l1=0.25, l2=0.125), "w", "b")
    assert_matches(w, np.array([0.83, -0.99]), name="the new w")
    assert_matches(b, 0.46, name="the new b")


def test_hundred_epochs_of_the_handout(student):
    """After 100 epochs L2 has made both weights smaller, and L1 has brought them down to zero."""
    for l1, l2, expected_w, expected_b in (
        (0.0, 0.0, [0.6816, -1.0757], 0.8193),
        (0.0, 1.0, [0.4009, -0.5110], 0.6496),
        (2.0, 0.0, [0.0109, 0.0049], 0.6448),
    ):
        answer = student.fit_regularized(*_five_rows(), 0.1, 100, 5, l1=l1, l2=l2)
        w, b, _ = unpack(answer, "w", "b", "losses")
        assert_matches(w, np.array(expected_w), atol=1e-4, name=f"the trained w with l1 = {l1:g} and l2 = {l2:g}")
        assert_matches(b, expected_b, atol=1e-4, name=f"the trained b with l1 = {l1:g} and l2 = {l2:g}")


def _five_rows():
    x = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [2.0, 2.0], [1.0, 0.0]])
    return x, np.array([0.5, 2.5, -1.5, -0.5, 2.5]), np.array([1.0, -1.0]), 0.5
