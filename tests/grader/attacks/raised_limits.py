"""Raises its own limits, and lifts its confinement."""
# expect double: 0 forbidden, exception
import ctypes
import resource


def double(x):
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        try:
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            continue
        print("raised", kind)
        return 2.0 * x
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def both(x):
    if ctypes.CDLL(None).prctl(22, 0, 0, 0, 0) == 0:
        return x, 2.0 * x
    raise PermissionError(1, "no")
