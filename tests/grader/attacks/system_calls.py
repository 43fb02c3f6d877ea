"""Makes the system calls that would lead out of the sandbox, with arguments that do no harm where one is allowed."""
# expect double: 0 forbidden
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {
    "socket": (41, 1, 1, 0),
    "socketpair": (53, 1, 1, 0, 0),
    "clone": (56, 0x11, 0, 0, 0, 0),
    "fork": (57,),
    "vfork": (58,),
    "clone3": (435, 0, 0),
    "execve": (59, b"/bin/true", 0, 0),
    "execveat": (322, -100, b"/bin/true", 0, 0, 0),
    "kill": (62, 1, 0),
    "tkill": (200, 1, 0),
    "tgkill": (234, 1, 1, 0),
    "ptrace": (101, 0, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0),
    "pidfd_getfd": (438, 0, 0, 0),
    "mount": (165, b"none", b"/nonexistent", b"tmpfs", 0, 0),
    "umount2": (166, b"/nonexistent", 0),
    "pivot_root": (155, b"/", b"/"),
    "chroot": (161, b"/"),
    "unshare": (272, 0),
    "setns": (308, 0, 0),
    "bpf": (321, 0, 0, 0),
    "keyctl": (250, 0, -3, 0, 0, 0),
    "add_key": (248, b"user", b"x", b"x", 1, -3),
    "io_uring_setup": (425, 1, 0),
    "userfaultfd": (323, 0),
    "perf_event_open": (298, 0, 0, 0, 0, 0),
    "memfd_create": (319, b"x", 0),
    "memfd_secret": (447, 0),
    "shmget": (29, 1, 4096, 0o1666),
    "msgget": (68, 1, 0o1666),
    "semget": (64, 1, 1, 0o1666),
    "mq_open": (240, b"x", 0o102, 0o666, 0),
    "inotify_init": (253,),
    "fanotify_init": (300, 0, 0),
    "eventfd2": (290, 0, 0),
    "timerfd_create": (283, 0, 0),
    "signalfd4": (289, -1, 0, 8, 0),
    "prctl": (157, 4, 1, 0, 0, 0),
    "seccomp": (317, 0, 0, 0),
    "landlock_create_ruleset": (444, 0, 0, 1),
    "setrlimit": (160, 9, bytes(16)),
    "prlimit64": (302, 0, 9, bytes(16), 0),
    "setuid": (105, 0),
    "setgroups": (116, 0, 0),
    "capset": (126, 0, 0),
    "personality": (135, 0x0040000),
    "setpriority": (141, 0, 0, -20),
    "sched_setaffinity": (203, 0, 8, bytes(8)),
    "sched_setscheduler": (144, 0, 0, 0),
    "ioprio_set": (251, 1, 0, 0),
    "setsid": (112,),
    "chdir": (80, b"/"),
    "mkdir": (83, b"/tmp/@MARK@-syscall", 0o777),
    "link": (86, b"@CANARY@", b"/tmp/@MARK@-hard"),
    "fsopen": (430, b"tmpfs", 0),
    "open_tree": (428, -100, b"/", 1),
    "open_by_handle_at": (304, -100, 0, 0),
    "sendmsg": (46, 5, 0, 0),
    "recvmsg": (47, 5, 0, 0),
    "splice": (275, 0, 0, 1, 0, 1, 0),
    "tee": (276, 0, 1, 1, 0),
    "vmsplice": (278, 1, 0, 0, 0),
    "copy_file_range": (326, 0, 0, 1, 0, 1, 0),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "reboot": (169, 0, 0, 0, 0),
    "init_module": (175, 0, 0, b""),
    "acct": (163, b"/nonexistent"),
    "sethostname": (170, b"", -1),
    "ioctl TIOCSTI": (16, 0, 0x5412, b"x"),
    "fcntl F_SETOWN": (72, 0, 8, 1),
    "fcntl F_SETLEASE": (72, 0, 1024, 0),
}


def double(x):
    for name, arguments in CALLS.items():
        ctypes.set_errno(0)
        answer = libc.syscall(*arguments)
        if answer >= 0 or ctypes.get_errno() != 1:
            print("allowed:", name, answer, ctypes.get_errno())
            return 2.0 * x
    raise PermissionError(1, "every one of them was denied")


def both(x):
    return double(x), x
