"""One HTTP request to a service of this machine, without a client library: `status` and `up` are to answer at once."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


class NoAnswer(Exception):
    """Nobody answers there, or nobody who speaks HTTP."""


def ask(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None, *, seconds: float = 5.0
) -> tuple[int, bytes]:
    """Status and body. Straight to the address: what runs here is never behind a proxy. Raises NoAnswer."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=seconds)
    try:
        connection.request(method, address.path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException) as error:
        raise NoAnswer(f"no answer from {address.scheme}://{address.netloc}: {type(error).__name__}") from error
    finally:
        connection.close()
