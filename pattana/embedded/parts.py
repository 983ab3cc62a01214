"""The services process as a part of the embedded edition, and what it is told."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pattana.embedded.home import Home
from pattana.embedded.keys import secret_files
from pattana.embedded.listening import silent
from pattana.embedded.ports import HOST
from pattana.embedded.processes import Child, Server, until_ready
from shared.broker import Broker
from shared.issuer import EMBEDDED_ISSUER

_START_SECONDS = 180.0  # the engines' time and its own
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of one edition listen."""

    port: int
    mail_port: int
    mongo_url: str
    broker: Broker

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
        """Returns when it answers; whether it is ready to work is another question, see health.py.

        May be started before broker and database are there: it waits for them, and imports its modules meanwhile.
        """
        command = [sys.executable, "-m", "pattana.embedded.services"]
        told = environment(self._home, self._addresses, self._jwks)
        self.child = Child(self.name, command, folder=self._home.root, environment=told)
        self.child.start()
        await until_ready(self.child, self._silent, _START_SECONDS)

    async def stop(self, seconds: float = _STOP_SECONDS) -> None:
        await super().stop(seconds)

    async def _silent(self) -> str | None:
        return await silent(self._addresses.port)


# One process: every commit wakes whoever waits for it. These looks only find what nobody announced, as a replay.
_UNHURRIED = {
    "PATTANA_RELAY_POLL_SECONDS": "2",
    "PATTANA_DELIVERY_POLL_SECONDS": "2",
    "PATTANA_GENERATION_POLL_SECONDS": "2",
}


def environment(home: Home, addresses: Addresses, jwks: Path) -> dict[str, str]:
    """What the services are told, beside what the caller's own environment says."""
    told = {
        "PATTANA_EDITION": "embedded",
        "PATTANA_HOST": HOST,
        "PATTANA_PORT": str(addresses.port),
        "PATTANA_MONGO_URL": addresses.mongo_url,
        "PATTANA_KAFKA_BOOTSTRAP": addresses.broker.bootstrap,
        "PATTANA_KAFKA_SECURITY": addresses.broker.security,
        "PATTANA_KAFKA_MECHANISM": addresses.broker.mechanism,
        "PATTANA_KAFKA_USER": addresses.broker.user,
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
    usual = _UNHURRIED | {"PATTANA_PUBLIC_URL": f"http://{HOST}:{addresses.port}"}
    told |= {name: value for name, value in usual.items() if name not in os.environ}
    return told | secret_files(home.keys, os.environ)
