"""Pipes to processes of our own."""

from typing import Final

# What writing raises when the process has ended. uvloop says with a RuntimeError that the pipe is closed already.
ENDED: Final = (BrokenPipeError, ConnectionResetError, RuntimeError)
