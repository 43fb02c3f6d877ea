"""Stops the clocks of its own process and takes its time."""
# expect double: 0 timeout
import time

sleep = time.sleep
time.monotonic = time.time = time.perf_counter = time.process_time = lambda: 0.0


def double(x):
    sleep(30)
    return 2.0 * x


def both(x):
    return x, double(x)
