"""Takes over the worker's loop: answers every later question itself, with what it was asked."""
# expect double: 0 wrong_value, wrong_type, crashed
import sys

from grader.sandbox import wire

frame = sys._getframe()
while "stream" not in frame.f_locals:
    frame = frame.f_back
stream = frame.f_locals["stream"]
payload, blob = wire.pack(None, lambda kept: None)
stream.send(wire.Value(payload, (), ""), blob)
while True:
    request, blob = stream.receive()
    stream.send(wire.Value(request.payload, (), ""), blob)
