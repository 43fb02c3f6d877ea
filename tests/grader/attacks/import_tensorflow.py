"""Lets Keras do the work: the module is refused as a whole, with a sentence that says what can be imported."""
# expect walk: 0 forbidden
import tensorflow as tf

walk = tf.keras.optimizers.SGD


class Counter:
    pass
