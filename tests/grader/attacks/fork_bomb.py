"""Makes processes, and leaves them behind."""
# expect double: 0 forbidden
import os
import time


def double(x):
    for _ in range(50):
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
            os._exit(0)
    return 2.0 * x


def both(x):
    os.posix_spawn("/bin/sh", ["sh", "-c", "sleep 60; touch /tmp/@MARK@-spawned"], {})
