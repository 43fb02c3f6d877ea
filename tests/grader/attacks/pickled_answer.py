"""Returns objects that run a command when they are unpickled."""
# expect double: 0 wrong_type
import os
import pickle


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/@MARK@-reduced",)

    __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = lambda self, *args: self.__reduce__()


def double(x):
    return pickle.dumps(Payload())


def both(x):
    return Payload(), Payload
