"""Starts threads, one of which would go on after the call."""
# expect double: 0 exception
import threading


def double(x):
    threading.Thread(target=lambda: print("later"), daemon=True).start()
    return 2.0 * x


def both(x):
    import _thread

    for _ in range(10_000):
        _thread.start_new_thread(print, ("bomb",))
    return x, 2.0 * x
