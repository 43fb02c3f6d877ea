"""Looks for what message_1_left would have left for the next student's worker."""
# expect double: 0 wrong_value
import ctypes
import fcntl
import os
import socket

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
KEY = 0x5EC0DE


def find():
    segment = libc.shmget(KEY, 0, 0)
    if segment >= 0:
        print("reached", ctypes.string_at(libc.shmat(segment, 0, 0), 7))
    queue, room = libc.msgget(KEY, 0), ctypes.create_string_buffer(64)
    if queue >= 0 and libc.msgrcv(queue, room, 32, 0, 0o4000) >= 0:
        print("reached a queue", room.raw)
    if libc.semget(KEY, 0, 0) >= 0:
        print("reached a semaphore")
    for ring in (-3, -4, -5):
        if libc.syscall(250, 10, ring, b"user", b"@MARK@-key", 0) >= 0:  # KEYCTL_SEARCH
            print("reached a key")
    try:
        socket.socket(socket.AF_UNIX).connect("\0@MARK@-abstract")
        print("reached an abstract socket")
    except OSError:
        pass
    for path in ("/dev/shm", "/tmp", "/var/tmp", "/run/lock", "/dev/mqueue"):
        try:
            print("reached", open(f"{path}/@MARK@-message").read())
        except OSError:
            pass
    if any(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND for descriptor in range(3)):
        print("reached the flags of a shared descriptor")
    if os.umask(0o022) == 0o123:
        print("reached a mask")


def double(x):
    find()
    return x


def both(x):
    return x, x
