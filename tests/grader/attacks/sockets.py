"""Opens connections to the network, to the machine, and to its neighbours."""
# expect double: 0 forbidden
import socket
import urllib.request


def double(x):
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).bind("\0@MARK@-abstract")
            except (OSError, TypeError, ValueError):
                continue
            print("bound", family, kind)
    socket.create_connection(("127.0.0.1", 22), timeout=0.1)


def both(x):
    socket.socketpair()
