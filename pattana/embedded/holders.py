"""Who holds a port that is needed. Apart from ports, because whoever only needs a free one asks no processes."""

import psutil

from pattana.embedded.ports import HOST, PortTaken, is_free


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
