"""An issuer with a key of its own, and an HTTP client straight into an application whose lifespan runs."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, routing
from fastapi.dependencies import utils
from pydantic.fields import FieldInfo

from shared.events.envelope import Position
from shared.fresh_keys import new_key_ring, parse_key_ring
from shared.issuer import EMBEDDED_ISSUER
from shared.position_tokens import PositionTokens, Reached, unverified
from shared.rights import PERMISSIONS, Permission, Role
from shared.settings import Settings
from shared.signing import SigningKey, create_key, issue_token
from tests.support.waiting import until

# The same in all processes of a session.
POSITION_KEYS = new_key_ring("tests")
# For clients of plain addresses: without it each one reads the authorities of the whole world first, in 50 ms.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
NO_POSITION = "nonsense"
_ASKING = (Role.HR_OFFICER, Role.EXECUTIVE, Role.OPERATOR, Role.LEARNER, Role.SUPERVISOR, Role.DEVICE)
# Who asks where any holder of a permission may. Not chosen in the thread of a test: no future takes a StopIteration.
WHO = {permission: next(role for role in _ASKING if permission in PERMISSIONS[role]) for permission in Permission}


def token_of(*positions: str) -> str:
    """What a service answers as Pattana-Position when a command has reached these, written `<aggregate>:<sequence>`."""
    reached = Reached(tuple(map(Position.parse, positions)))
    return PositionTokens(parse_key_ring(POSITION_KEYS)).issue(reached)


def waiting_for(query: Mapping[str, Any] | None) -> dict[str, Any]:
    """A query whose `after` (one position or several) is written as a service would have answered it."""
    told = dict(query or {})
    if "after" in told:
        after = [told["after"]] if isinstance(told["after"], str) else told["after"]
        if after == [NO_POSITION]:
            return told
        told["after"] = [token_of(*after[start : start + 3]) for start in range(0, len(after), 3)]
    return told


def reached_by(answer: httpx.Response) -> str | None:
    """The positions in an answer's token, separated by commas; None without one."""
    token = answer.headers.get("pattana-position")
    return None if token is None else ", ".join(map(str, unverified(token).positions))


@dataclass(frozen=True)
class Issuer:
    key: SigningKey

    def token(self, role: Role, unit: str | None = None, person: str | None = None, **claims: Any) -> str:
        claims.setdefault("ttl", timedelta(hours=1))
        return issue_token(self.key, [role], unit, person, **claims)

    def bearer(self, role: Role, unit: str | None = None, person: str | None = None, **claims: Any) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(role, unit, person, **claims)}"}

    def settings(self, **changes: Any) -> Settings:
        told = {
            "edition": "embedded",
            "token_issuer": EMBEDDED_ISSUER,
            "token_jwks": str(self.key.jwks),
            "position_keys": POSITION_KEYS,
        }
        return Settings(**told | changes)


def make_issuer(folder: Path) -> Issuer:
    return Issuer(create_key(folder))


async def patiently(ask: Callable[[], Awaitable[httpx.Response]], expected: int) -> httpx.Response:
    """For a request that waits for an event: a service does so for five seconds, the slowest engines may need more."""

    async def asked() -> httpx.Response | None:
        answer = await ask()
        return None if answer.status_code == 504 != expected else answer

    found = await until(asked)
    assert found is not None
    return found


def remember_validators() -> None:
    """FastAPI makes a validator for each parameter and each answer of each route whenever an application is made: most
    of a second of the processor for enrolment, and tests make a thousand. Once a process is enough. Answers are known
    by their route and type, parameters by all that is said of them.
    """
    routing.create_model_field = cache(routing.create_model_field)  # type: ignore[attr-defined]
    made: dict[Any, Any] = {}
    make = utils.create_model_field  # type: ignore[attr-defined]

    def remembered(name: str, type_: Any, field_info: FieldInfo, alias: str, **more: Any) -> Any:
        # FastAPI's own repr of a parameter has no more than its default.
        said = (type(field_info), name, alias, type_, FieldInfo.__repr__(field_info))
        if said not in made:
            made[said] = make(name=name, type_=type_, field_info=field_info, alias=alias, **more)
        return made[said]

    utils.create_model_field = remembered  # type: ignore[assignment,attr-defined]


@asynccontextmanager
async def client_of(app: FastAPI, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", **options) as client:
            yield client
