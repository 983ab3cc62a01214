"""The services process as a part of the embedded edition: what it is told, and how it is asked whether it is well."""

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from pattana.embedded.home import Home
from pattana.embedded.keys import secret_files
from pattana.embedded.ports import HOST
from pattana.embedded.processes import Child, Server, until_ready
from shared.engine import end_sessions
from shared.mongo import StoreUnavailable
from shared.settings import EMBEDDED_ISSUER

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of one edition listen."""

    port: int
    mail_port: int
    mongo_url: str
    kafka_bootstrap: str

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


class Services(Server):
    name = "services"

    def __init__(self, home: Home, addresses: Addresses, jwks: Path) -> None:
        self._home = home
        self._addresses = addresses
        self._jwks = jwks

    async def start(self) -> None:
        """Returns when it answers; whether it is ready to work is another question, see `not_ready`."""
        with contextlib.suppress(StoreUnavailable):  # it restarts too, and then has forgotten them by itself
            await end_sessions(self._addresses.mongo_url)
        command = [sys.executable, "-m", "pattana.embedded.services"]
        told = environment(self._home, self._addresses, self._jwks)
        self.child = Child(self.name, command, folder=self._home.root, environment=told)
        self.child.start()
        await until_ready(self.child, self._silent, _START_SECONDS)

    async def stop(self) -> None:
        if self.child:
            await self.child.stop(_STOP_SECONDS)

    async def _silent(self) -> str | None:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                await client.get(f"{self._addresses.url}/healthz")
        except httpx.TransportError as error:
            return f"no answer from {self._addresses.url}: {type(error).__name__}"
        return None


async def not_ready(url: str) -> str | None:
    """None when all services are ready to work, else what is wrong."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"{url}/readyz")
            problems = answer.json()["problems"]
    except httpx.TransportError as error:
        return f"no answer from {url}: {type(error).__name__}"
    except (ValueError, KeyError, TypeError):
        return f"{url} is not pattana"
    return "; ".join(f"{name}: {wrong}" for name, wrong in problems.items()) or None


def environment(home: Home, addresses: Addresses, jwks: Path) -> dict[str, str]:
    """What the services are told, beside what the caller's own environment says."""
    told = {
        "PATTANA_EDITION": "embedded",
        "PATTANA_HOST": HOST,
        "PATTANA_PORT": str(addresses.port),
        "PATTANA_MONGO_URL": addresses.mongo_url,
        "PATTANA_KAFKA_BOOTSTRAP": addresses.kafka_bootstrap,
        "PATTANA_TOKEN_ISSUER": EMBEDDED_ISSUER,
        "PATTANA_TOKEN_JWKS": str(jwks),
        "PATTANA_MAIL_FOLDER": str(home.mail),
        "PATTANA_MAIL_PORT": str(addresses.mail_port),
    }
    if "PATTANA_SMTP_HOST" not in os.environ:  # an office that names its mail server sends real mail
        told |= {
            "PATTANA_SMTP_HOST": HOST,
            "PATTANA_SMTP_PORT": str(addresses.mail_port),
            "PATTANA_SMTP_TLS": "none",
        }
    return told | secret_files(home.keys, os.environ)
