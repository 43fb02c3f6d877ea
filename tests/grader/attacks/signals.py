"""Signals the processes around it, and itself. Signal 0 asks whether it may, and does no harm where it may."""
# expect double: 0 forbidden
import os
import signal


def double(x):
    for process, number in ((0, 0), (-1, 0), (1, 0), (os.getppid(), 0), (os.getppid(), signal.SIGTERM)):
        try:
            os.kill(process, number)
        except PermissionError:
            continue
        print("signalled", process, number)
        return 2.0 * x
    signal.raise_signal(signal.SIGUSR1)
    os.killpg(0, 0)


def both(x):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    os.killpg(os.getpgid(os.getppid()), 0)
