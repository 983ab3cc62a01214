"""Ports of this machine: is one free, and which one is."""

import itertools
import os
import socket

from pattana.errors import Explained

HOST = "127.0.0.1"
# Below the range that systems hand to outgoing connections: a server that was killed finds its port free again.
_RANGE = range(15_000, 32_000)
_TRIES = 200
# Each process begins elsewhere and goes on from there: a port that was given and is not listened on yet is given to
# nobody else, neither here nor by the process that was started next.
_steps = itertools.count(os.getpid() * 389)


class PortTaken(Explained):
    """Somebody else listens there."""


def is_free(port: int, host: str = HOST) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = HOST) -> int:
    for step in itertools.islice(_steps, _TRIES):
        port = _RANGE[step % len(_RANGE)]
        if is_free(port, host):
            return port
    raise PortTaken(f"no free port found between {_RANGE.start} and {_RANGE.stop} on {host}")
