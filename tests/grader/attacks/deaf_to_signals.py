"""Ignores and blocks every signal that can be ignored, and goes on."""
# expect double: 0 timeout
import signal

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def double(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def both(x):
    return x, double(x)
