"""Frames to and from a worker, by the runner's clock. What arrives is bounded before it is read."""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import subprocess
import threading
import time
from typing import BinaryIO, Protocol

from grader.sandbox import wire

_LEAST, _CHUNK = 1 << 16, 1 << 20
"""Bytes that are asked for at once."""


class ChannelTimeoutError(Exception):
    """The worker has not answered in time."""


class ChannelClosedError(Exception):
    """The worker has gone."""


class TooLargeError(Exception):
    """The worker announces more bytes than are allowed."""


class Channel(Protocol):
    """Bytes to and from one worker."""

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything until the deadline, in seconds of `time.monotonic`."""

    def receive(self, size: int, deadline: float) -> bytes:
        """Read just so many bytes until the deadline."""

    def close(self) -> None:
        """Let go of it."""


def receive_frame(channel: Channel, max_blob: int, deadline: float) -> tuple[bytes, bytes]:
    """Tree and blob of the next message.

    Raises:
        ChannelTimeoutError, ChannelClosedError, TooLargeError: see there.
    """
    tree_size, blob_size = wire.HEADER.unpack(channel.receive(wire.HEADER.size, deadline))
    if tree_size > wire.MAX_TREE or blob_size > max_blob:
        raise TooLargeError
    return channel.receive(tree_size, deadline), channel.receive(blob_size, deadline)


class SocketChannel:
    """A channel over a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._poll = select.poll()
        self._descriptor = connection.fileno()
        self._poll.register(self._descriptor, select.POLLIN)
        self._waits_for = select.POLLIN
        self._buffer = b""

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything until the deadline."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._connection.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except OSError as error:
                raise ChannelClosedError from error

    def receive(self, size: int, deadline: float) -> bytes:
        """Read just so many bytes until the deadline."""
        if len(self._buffer) < size:
            self._fill(size, deadline)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _fill(self, size: int, deadline: float) -> None:
        """Read at least so many bytes into the buffer: mostly a whole frame comes at once."""
        data = bytearray(self._buffer)
        while len(data) < size:
            self._wait(select.POLLIN, deadline)
            try:
                chunk = self._connection.recv(max(min(size - len(data), _CHUNK), _LEAST))
            except BlockingIOError:
                continue
            except OSError as error:
                raise ChannelClosedError from error
            if not chunk:
                raise ChannelClosedError
            data += chunk
        self._buffer = bytes(data)

    def close(self) -> None:
        """Let go of the socket."""
        self._connection.close()

    def _wait(self, event: int, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if event != self._waits_for:
            self._poll.modify(self._descriptor, event)
            self._waits_for = event
        if remaining <= 0 or not self._poll.poll(remaining * 1000):
            raise ChannelTimeoutError


class PipeChannel:
    """A channel over the standard input and output of a process, on every system.

    Pipes cannot be waited for with a deadline everywhere, so that two threads read and write.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._arrived: queue.Queue[bytes] = queue.Queue(maxsize=8)
        self._to_send: queue.Queue[bytes | None] = queue.Queue()
        self._buffer = bytearray()
        self._closed = False
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()
        threading.Thread(target=self._write, args=(process.stdin,), daemon=True).start()

    def send(self, data: bytes, deadline: float) -> None:  # noqa: ARG002  the writer waits, and receive has the deadline
        """Hand everything to the writing thread."""
        self._to_send.put(data)

    def receive(self, size: int, deadline: float) -> bytes:
        """Take just so many bytes until the deadline."""
        while len(self._buffer) < size:
            remaining = deadline - time.monotonic()
            if self._closed:
                raise ChannelClosedError
            try:
                chunk = self._arrived.get(timeout=max(remaining, 0.0))
            except queue.Empty:
                raise ChannelTimeoutError from None
            self._closed = not chunk
            self._buffer += chunk
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def close(self) -> None:
        """End the writing thread; the reading one ends with the process."""
        self._to_send.put(None)
        while not self._closed:
            with contextlib.suppress(queue.Empty):
                self._closed = not self._arrived.get(timeout=5.0)
                continue
            return

    def _read(self, stream: BinaryIO) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
                self._arrived.put(chunk)
        self._arrived.put(b"")

    def _write(self, stream: BinaryIO) -> None:
        with contextlib.suppress(OSError, ValueError), stream:
            while (data := self._to_send.get()) is not None:
                stream.write(data)
                stream.flush()
