"""Dropout: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack

MASK = np.array([0.0, 1.25, 1.25, 1.25])


def test_mask_of_the_worked_example(student):
    """Rate 0.2 and the uniforms 0.05, 0.2, 0.7, 0.9 give the mask 0, 1.25, 1.25, 1.25."""
    mask = student.dropout_mask(np.array([0.05, 0.2, 0.7, 0.9]), 0.2)
    assert_matches(mask, MASK, name="the mask")


def test_forward_pass_of_the_worked_example(student):
    """The row x = [3, 2, -4, 1] becomes [0, 2.5, -5, 1.25]."""
    y = student.dropout(np.array([3.0, 2.0, -4.0, 1.0]), MASK)
    assert_matches(y, np.array([0.0, 2.5, -5.0, 1.25]), name="the output y")


def test_inference_changes_nothing(student):
    """At inference y is x, and the mask is all ones."""
    x = np.array([3.0, 2.0, -4.0, 1.0])
    y, mask = unpack(student.dropout_layer(x, 0.2, False, np.random.default_rng(1)), "y", "mask")
    assert_matches(y, x, name="the output y")
    assert_matches(mask, np.ones(4), name="the mask")


def test_backward_pass_of_the_worked_example(student):
    """The gradient dy = [1, 2, 0.4, -8] becomes [0, 2.5, 0.5, -10]."""
    dx = student.dropout_backward(np.array([1.0, 2.0, 0.4, -8.0]), MASK)
    assert_matches(dx, np.array([0.0, 2.5, 0.5, -10.0]), name="the gradient dx")


def test_a_small_network(student):
    """A network of one hidden layer, in training and at inference."""
    x, uniforms = np.array([[1.0, 2.0]]), [np.array([[0.6, 0.1, 0.3]])]
    weights = [np.array([[1.0, -1.0, 2.0], [1.0, 1.0, -0.5]]), np.array([[2.0], [1.0], [4.0]])]
    for training, expected in ((True, 12.5), (False, 11.0)):
        output = student.dropout_network(x, weights, 0.2, uniforms, training)
        assert_matches(output, np.array([[expected]]), name=f"the output with training={training}")


def test_two_epochs_of_the_worked_example(student):
    """The handout's training run of two epochs."""
    x, y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([1.0, 2.0])
    uniforms = np.array([[[0.1, 0.5], [0.6, 0.3]], [[0.9, 0.4], [0.3, 0.05]]])
    w, b, losses = unpack(
        student.fit_with_dropout(x, y, np.array([0.5, -0.5]), 0.0, 0.1, 0.2, uniforms), "w", "b", "losses"
    )
    assert_matches(w, np.array([0.572656, 0.155469]), name="the trained w")
    assert_matches(b, 0.2525, name="the trained b")
    assert_matches(losses, np.array([2.65625, 0.220713]), name="the history of losses", along="epoch")
