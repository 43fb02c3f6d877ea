"""The names of the layers that confine a worker, in the order in which they are put on. Both sides know them."""

LAYERS = ("no_new_privs", "capabilities", "rlimits", "landlock", "seccomp")
"""What isolation `full` consists of."""
