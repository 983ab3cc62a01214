"""Figures of the training day: people checked in one by one, a thousand records in one upload, and a hundred devices
that all come back to the network at once.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Any, Final

import httpx

from bench.client import Connection
from bench.environment import HOT, Environment
from bench.office import chunks
from shared.clock import now
from shared.rights import Role

Values = dict[str, float]
THOUSAND: Final = 1_000
DEVICES: Final = 100
SCANS: Final = 100  # of each of them
FIRST_ADDRESS: Final = IPv4Address("10.0.0.1")
CONNECTIONS: Final = 16  # that check people in one by one


@dataclass(frozen=True)
class Day:
    """A run an hour after its beginning, everybody of it with a seat."""

    run: str
    nominations: Sequence[str]
    officer: httpx.AsyncClient

    async def device(self, number: int = 0) -> str:
        """The token of a new one, which has an address of its own: so many of one address are not let in at once."""
        invited = await self.officer.post(f"/api/enrolment/runs/{self.run}/devices", json={"name": str(number)})
        code = {"code": invited.raise_for_status().json()["code"]}
        address = {"x-forwarded-for": str(IPv4Address(int(FIRST_ADDRESS) + number))}
        enrolled = await self.officer.post("/api/enrolment/devices/enrol", json=code, headers=address)
        return str(enrolled.raise_for_status().json()["token"])


async def check_ins(environment: Environment) -> Values:
    """By so many officers at once, each person in a request of its own."""
    async with _day(environment, THOUSAND) as day:
        path = f"/api/enrolment/runs/{day.run}/check-ins"
        bodies = [_json({"session": 1, "rows": [{"nomination": one}]}) for one in day.nominations]
        shares = [bodies[start::CONNECTIONS] for start in range(CONNECTIONS)]
        begun = time.perf_counter()
        await asyncio.gather(*(_sent(environment, environment.token(), path, share) for share in shares))
        return {"check_ins_per_s": len(bodies) / (time.perf_counter() - begun)}


async def thousand(environment: Environment) -> Values:
    """One call, everybody new; then the same again, which changes nothing."""
    async with _day(environment, THOUSAND) as day:
        token, path = await day.device(), f"/api/enrolment/runs/{day.run}/uploads"
        upload = _upload(day.nominations, "one")
        first, again = [await _taken(environment, token, path, upload) for _ in range(2)]
        return {"upload_thousand_ms": first * 1_000, "upload_again_ms": again * 1_000}


async def crowd(environment: Environment) -> Values:
    """All at once; everybody is recorded by several of them."""
    async with _day(environment, THOUSAND) as day:
        tokens = [await day.device(number) for number in range(DEVICES)]
        everybody = [day.nominations[n % THOUSAND] for n in range(DEVICES * SCANS)]
        uploads = [_upload(some, str(number)) for number, some in enumerate(chunks(everybody, SCANS))]
        path, begun = f"/api/enrolment/runs/{day.run}/uploads", time.perf_counter()
        each = zip(tokens, uploads, strict=True)
        await asyncio.gather(*(_sent(environment, token, path, [upload]) for token, upload in each))
        return {"upload_crowd_seconds": time.perf_counter() - begun}


@asynccontextmanager
async def _day(environment: Environment, people: int) -> AsyncIterator[Day]:
    office = environment.office
    run = await office.open_run(HOT, seats=people)
    nominations = await office.nominate(run, environment.hot[:people])
    path = f"/api/enrolment/runs/{run}"
    async with office.client(Role.OPERATOR) as operator, office.client(Role.HR_OFFICER, "PERS") as officer:
        starts = datetime.fromisoformat((await officer.get(path)).json()["startsAt"])
        body = {"businessNow": (starts + timedelta(hours=1)).isoformat()}
        (await operator.put(f"{path}/clock", json=body)).raise_for_status()
        yield Day(run, nominations, officer)


def _upload(nominations: Sequence[str], name: str) -> bytes:
    """Recorded in the half hour before."""
    clock = now()
    records = [
        {
            "nonce": f"nonce-{name}-{number}",
            "session": 1,
            "at": (clock - timedelta(seconds=number % 1_800)).isoformat(),
            "nomination": nomination,
        }
        for number, nomination in enumerate(nominations)
    ]
    return _json({"deviceTime": clock.isoformat(), "records": records})


async def _sent(environment: Environment, token: str, path: str, bodies: Sequence[bytes]) -> None:
    async with Connection(environment.enrolment.url, token) as connection:
        for body in bodies:
            answer = await connection.ask("POST", path, body)
            if answer.status != 200:
                raise RuntimeError(f"POST {path}: {answer.status} {answer.body.decode()[:300]}")


async def _taken(environment: Environment, token: str, path: str, body: bytes) -> float:
    begun = time.perf_counter()
    await _sent(environment, token, path, [body])
    return time.perf_counter() - begun


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()
