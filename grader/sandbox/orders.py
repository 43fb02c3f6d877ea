"""What a runner asks of its zygote over their socket, and what it is told.

FORK and a descriptor make a worker, WAIT and a process id wait for one.
"""

from __future__ import annotations

import struct

FORK, WAIT = b"F", b"W"
PID = struct.Struct("<i")
STATUS = struct.Struct("<i")
