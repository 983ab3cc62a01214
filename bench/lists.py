"""Figures of lists: a page of people, people by a part of a name, and the nominations of a run by the same, with half a
million people in the directory.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

from bench.claims import percentile
from bench.client import Connection
from bench.environment import CENTRAL_UNIT, ENROLMENT_DATABASE, HOT, HOT_UNITS, Environment
from bench.names import made_up
from bench.office import PEOPLE_AT_ONCE, chunks
from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.storage import Stored, person_document
from shared.mongo import Database, connect, database
from shared.rights import CENTRAL_POOL, Role

Values = dict[str, float]
PEOPLE: Final = 500_000
NOMINATED: Final = 5_000
IDS: Final = "01900000-0000-7000-8000-"  # with the number behind
HOT_EVERY: Final = 100
ROUNDS: Final = 4
LONGEST_WALK: Final = 12  # pages of one list
LEVELS: Final = ("O2", "K1", "K2", "K3", "M1")
PATH: Final = "/api/enrolment/people"
LISTS: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"sort": "-name"},
    {"unit": HOT[0]},
    {"unit": HOT_UNITS[0], "sort": "-name"},
    {"level": "K2"},
    {"unit": CENTRAL_POOL, "level": "K1"},
)
# Of what many have and what nobody has; long and short; of one word and of two.
QUESTIONS: Final = (
    "สมชาย",
    "นางสาวสุวรรณา",
    "ว่าที่ ร.ต. ณัฐ",
    "ณัฐภัทร สุวรรณประทีป",
    "วงศ์",
    "ศรีสุข",
    "ใจ",
    "ก",
    "ทองประเสริฐ",
    "สม ใจดี",
    "พิทักษ์ จันทร์",
    "ไพโรจน์ ลิ้มวิเศษ",
    "ดีงามเย็น",
    "ไม่มีใครชื่อนี้",
)


async def people_list(environment: Environment) -> Values:
    """Pages as officers turn them: of all people, of an office, of a group, both ways."""
    await _filled(environment)
    taken: list[float] = []
    for role, unit in ((Role.HR_OFFICER, CENTRAL_UNIT), (Role.PROVINCIAL_HR, HOT[0])):
        async with Connection(environment.enrolment.url, environment.token(role, unit)) as officer:
            for asked in LISTS * ROUNDS:
                taken += await _walked(officer, PATH, asked)
    return _quantiles("people_list", taken)


async def people_search(environment: Environment) -> Values:
    """First pages, by officers who see all and by one who sees an office."""
    await _filled(environment)
    taken: list[float] = []
    found = 0
    for role, unit in ((Role.HR_OFFICER, CENTRAL_UNIT), (Role.PROVINCIAL_HR, HOT[0])):
        async with Connection(environment.enrolment.url, environment.token(role, unit)) as officer:
            for q in QUESTIONS * ROUNDS:
                seconds, page = await _asked(officer, PATH, {"q": q})
                taken.append(seconds)
                found += len(page["items"])
    if found < len(taken):
        raise RuntimeError(f"{len(taken)} questions have found no more than {found} people")
    return _quantiles("people_search", taken)


async def nominations_search(environment: Environment) -> Values:
    """In a run with thousands of nominations: by what few and what many people of the directory are called."""
    await _filled(environment)
    count = max(1, round(NOMINATED * (environment.size or 1)))
    people = [f"{IDS}{number:012x}" for number in range(0, count * HOT_EVERY, HOT_EVERY)]
    run = await environment.office.open_run(HOT)
    await environment.office.nominate(run, people)
    path, taken = f"/api/enrolment/runs/{run}/nominations", list[float]()
    for role, unit in ((Role.HR_OFFICER, CENTRAL_UNIT), (Role.PROVINCIAL_HR, HOT[0])):
        async with Connection(environment.enrolment.url, environment.token(role, unit)) as officer:
            for q in QUESTIONS * ROUNDS:
                taken.append((await _asked(officer, path, {"q": q}))[0])
    await environment.settled(seconds=600)
    return _quantiles("nominations_search", taken)


async def _filled(environment: Environment) -> None:
    """People are stored directly, once for all figures and runs."""
    count = max(1, round(PEOPLE * (environment.size or 1)))
    async with _store(environment) as store:
        query, newest = {"_id": {"$gte": IDS, "$lt": f"{IDS}g"}}, [("_id", -1)]
        last = await store["people"].find_one(query, {"_id": 1}, sort=newest)
        present = 0 if last is None else int(last["_id"].removeprefix(IDS), 16) + 1
        units = [
            row["_id"] async for row in store["units"].find({"kind": {"$ne": "MINISTRY"}}, {"_id": 1}).sort("_id", 1)
        ]
        for numbers in chunks(range(present, count), PEOPLE_AT_ONCE):
            rows = [person_document(Stored(_person(number, units), 1, 0)) for number in numbers]
            await store["people"].insert_many(rows, ordered=False)


def _person(number: int, units: list[str]) -> Person:
    """One in a hundred more works in the unit that the figures ask for: more than any office has."""
    unit = HOT_UNITS[0] if number % HOT_EVERY == 0 else units[number % len(units)]
    office = unit.partition(".")[0] if unit.startswith("PO-") else CENTRAL_POOL
    name = made_up(number)
    return Person(
        id=f"{IDS}{number:012x}",
        unit=unit,
        office=office,
        level=LEVELS[number % len(LEVELS)],
        first_name=name.first,
        last_name=name.last,
        external_id=f"LIST-{number:07}",
    )


async def _walked(officer: Connection, path: str, asked: Mapping[str, str]) -> list[float]:
    """Seconds of each page, of so many of the list."""
    taken: list[float] = []
    query = dict(asked)
    for _ in range(LONGEST_WALK):
        seconds, page = await _asked(officer, path, query)
        taken.append(seconds)
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    return taken


async def _asked(officer: Connection, path: str, query: Mapping[str, str]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = await officer.ask("GET", f"{path}?{urlencode(query)}")
    seconds = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(f"{path} {query} was answered {answer.status}: {answer.body.decode()}")
    return seconds, json.loads(answer.body)


def _quantiles(name: str, seconds: list[float]) -> Values:
    taken = [each * 1000 for each in seconds]
    return {f"{name}_p50_ms": percentile(taken, 50), f"{name}_p99_ms": percentile(taken, 99)}


@asynccontextmanager
async def _store(environment: Environment) -> AsyncIterator[Database]:
    client = connect(environment.engines.database.url, app_name="bench")
    try:
        yield database(client, ENROLMENT_DATABASE)
    finally:
        client.close()
