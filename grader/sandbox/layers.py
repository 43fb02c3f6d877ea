"""The names of the layers that confine a worker, in the order in which they are put on. Both sides know them."""

LAYERS = ("no_new_privs", "capabilities", "rlimits", "landlock", "seccomp")
"""What isolation `full` consists of."""

NEEDS = {
    "no_new_privs": "Linux, and a container that allows prctl",
    "capabilities": "Linux, and a container that allows capset",
    "rlimits": "Linux, and a container that allows setrlimit",
    "landlock": "Linux 5.13 or newer, started with Landlock; in a container, Docker 20.10.18 or newer, "
    "or a profile that allows the three landlock calls",
    "seccomp": "Linux on x86-64 or ARM64; in a container, a profile that allows prctl(PR_SET_SECCOMP)",
}
"""What a layer asks of the machine, for one that lacks it."""
