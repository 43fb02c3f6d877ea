"""Writes thousands of questions without ever reading an answer, so that the runner never has to wait."""
# expect walk: 0 timeout, not_implemented
import os
import sys

from grader.sandbox import wire


def walk(slope, x, steps):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    payload, blob = wire.pack(((1.0,), {}), lambda kept: None)
    questions = wire.frame(wire.Ask(1, payload), blob) * 1000
    while True:
        os.write(frame.f_locals["stream"]._writer, questions)
