"""The worker's loop: read a request, let the host do it, write the answer."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time

from grader.sandbox import host, imports, wire

_PR_SET_PDEATHSIG = 1
_CHUNK = 1 << 16


class Stream:
    """Frames over two file descriptors."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader = reader
        self._writer = writer
        self._buffer = b""

    def receive(self) -> tuple[wire.Request, bytes]:
        """The next request.

        Raises:
            EOFError: if the runner has gone.
        """
        tree_size, blob_size = wire.HEADER.unpack(self._read(wire.HEADER.size))
        tree = self._read(tree_size)
        return wire.decode_request(tree), self._read(blob_size)

    def send(self, message: wire.Response, blob: bytes) -> None:
        """Write a message."""
        view = memoryview(wire.frame(message, blob))
        while view:
            view = view[os.write(self._writer, view) :]

    def exchange(self, question: wire.Ask, blob: bytes) -> tuple[wire.Request, bytes]:
        """Ask the runner during a call."""
        self.send(question, blob)
        return self.receive()

    def _read(self, size: int) -> bytes:
        """Just so many bytes; what came with them waits. Mostly a whole frame comes at once."""
        if len(self._buffer) < size:
            chunks = bytearray(self._buffer)
            while len(chunks) < size:
                chunk = os.read(self._reader, max(size - len(chunks), _CHUNK))
                if not chunk:
                    raise EOFError
                chunks += chunk
            self._buffer = bytes(chunks)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data


def serve(stream: Stream, layers: tuple[str, ...]) -> None:
    """Answer requests until the runner has gone."""
    stream.send(wire.Ready(layers), b"")
    served = host.Host(stream.exchange, capture=True)
    while True:
        try:
            request, blob = stream.receive()
        except EOFError:
            return
        stream.send(*served.handle(request, blob))


def main() -> None:
    """Serve over standard input and output: the portable way, without a zygote."""
    _end_with_the_runner()
    reader, writer = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    imports.only_standard_library()
    gc.enable()
    serve(Stream(reader, writer), ("process",))


def _end_with_the_runner() -> None:
    """Let no loop outlive the runner that would have stopped it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(runner: int) -> None:
    while os.getppid() == runner:
        time.sleep(1.0)
    os._exit(1)
