"""Leaves a message for the next student's worker, wherever two processes of one machine could meet."""
# expect double: 0 wrong_value
import ctypes
import fcntl
import os
import socket

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
KEY = 0x5EC0DE


def leave():
    segment = libc.shmget(KEY, 4096, 0o1666)
    if segment >= 0:
        ctypes.memmove(libc.shmat(segment, 0, 0), b"message", 7)
        print("left System V memory")
    queue = libc.msgget(KEY, 0o1666)
    if queue >= 0 and libc.msgsnd(queue, b"\1\0\0\0\0\0\0\0message", 7, 0o4000) == 0:
        print("left a message in a queue")
    if libc.semget(KEY, 1, 0o1666) >= 0:
        print("left a semaphore")
    for ring in (-3, -4, -5):  # of the session, the user, the user's session
        if libc.syscall(248, b"user", b"@MARK@-key", b"message", 7, ring) >= 0:
            print("left a key")
    try:
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0@MARK@-abstract")
        server.listen()
        print("left an abstract socket")
    except OSError:
        pass
    for path in ("/dev/shm", "/tmp", "/var/tmp", "/run/lock", "/dev/mqueue"):
        try:
            with open(f"{path}/@MARK@-message", "w") as file:
                file.write("message")
            print("left a file in", path)
        except OSError:
            pass
    for descriptor in range(3):  # do all workers have these from one and the same zygote?
        fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    os.umask(0o123)


def double(x):
    leave()
    return x


def both(x):
    return x, x
