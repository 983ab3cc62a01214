"""Figures of the training day: people checked in one by one, a thousand records in one upload, and a hundred devices
that all come back to the network at once.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Any, Final

import httpx

from bench.claims import percentile
from bench.client import Connection
from bench.environment import HOT, Environment
from bench.office import chunks
from bench.reading import PROBES, Command, probed
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
        return {"check_ins_per_s": await _checked_in(environment, day, [environment.enrolment.url])}


async def check_ins_of_two(environment: Environment) -> Values:
    """The same, half of the officers with each replica."""
    async with environment.second_enrolment() as second, _day(environment, THOUSAND) as day:
        urls = [environment.enrolment.url, second.url]
        return {"check_ins_two_replicas_per_s": await _checked_in(environment, day, urls)}


async def visible(environment: Environment) -> Values:
    """Some officers check in one person after another, and ask for the report that has it in."""
    async with _day(environment, THOUSAND) as day:
        await environment.settled()
        commands, ends = iter(_check_ins(day)), time.perf_counter() + environment.seconds
        probes = await asyncio.gather(*(probed(environment, day.run, commands, ends) for _ in range(PROBES)))
    taken = [seconds * 1000 for probe in probes for seconds in probe]
    return {"attendance_visible_p50_ms": percentile(taken, 50), "attendance_visible_p99_ms": percentile(taken, 99)}


def _check_ins(day: Day) -> list[Command]:
    path = f"/api/enrolment/runs/{day.run}/check-ins"
    return [(path, _json({"session": 1, "rows": [{"nomination": one}]})) for one in day.nominations]


async def _checked_in(environment: Environment, day: Day, urls: Sequence[str]) -> float:
    """People per second."""
    commands, begun = _check_ins(day), time.perf_counter()
    officers = zip(itertools.cycle(urls), range(CONNECTIONS))
    await asyncio.gather(*(_sent(url, environment.token(), commands[n::CONNECTIONS]) for url, n in officers))
    return len(commands) / (time.perf_counter() - begun)


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
        url = environment.enrolment.url
        await asyncio.gather(*(_sent(url, token, [(path, upload)]) for token, upload in each))
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


async def _sent(url: str, token: str, commands: Sequence[Command]) -> None:
    async with Connection(url, token) as connection:
        for path, body in commands:
            answer = await connection.ask("POST", path, body)
            if answer.status != 200:
                raise RuntimeError(f"POST {path}: {answer.status} {answer.body.decode()[:300]}")


async def _taken(environment: Environment, token: str, path: str, body: bytes) -> float:
    begun = time.perf_counter()
    await _sent(environment.enrolment.url, token, [(path, body)])
    return time.perf_counter() - begun


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()
