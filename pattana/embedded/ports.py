"""Ports of this machine: free ones, and who holds a taken one."""

import itertools
import os
import socket

import psutil

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


def require_free(port: int, what: str, host: str = HOST) -> int:
    """The port itself. Raises PortTaken with a sentence that says who holds it, as far as one may see that."""
    if is_free(port, host):
        return port
    who = holder(port)
    by = f" by {who}" if who else ""
    raise PortTaken(f"port {port} for the {what} is taken{by}; stop that process or choose another port")


def holder(port: int) -> str | None:
    """Name and pid of the process that listens on the port; None when this user may not see it."""
    try:
        listening = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        pid = next(c.pid for c in listening if c.laddr and c.laddr.port == port and c.pid)
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except (StopIteration, psutil.Error):
        return None
