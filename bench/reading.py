"""Figures of the read side: how soon a report shows a nomination, and how fast reporting takes events in."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator

from bench.claims import percentile
from bench.client import Connection
from bench.environment import HOT, Environment
from bench.office import nominations
from bench.wrk import LoadFailed
from shared.rights import Role
from tests.support.waiting import until

Values = dict[str, float]
Command = tuple[str, bytes]  # path and body of a POST
PROBES = 4
PAUSE_SECONDS = 0.05
LOAD_CONNECTIONS = 64
WORK_MS = 20  # about the time to an answer in that load: a connection pauses for the rest of its turn
LOOK_SECONDS = 0.1
BACKLOG_PER_SECOND = 4_000
NOBODY = "bench"  # a group that never reads


async def visible(environment: Environment) -> Values:
    """Probes nominate, and with the position of the answer ask reporting at once; beside them half of the peak."""
    if not environment.peak:
        raise LoadFailed("the peak is not known: measure claims_hot_256 in the same run")
    run = await environment.office.open_run(HOT)
    await environment.settled()
    share = len(environment.hot) // 10
    path = f"/api/enrolment/runs/{run}/nominations"
    few = ((path, json.dumps({"person": person, "rank": "PRIMARY"}).encode()) for person in environment.hot[:share])
    loaded = nominations(run, environment.hot[share:])
    pause = max(0.0, LOAD_CONNECTIONS / (environment.peak / 2) * 1000 - WORK_MS)
    load = asyncio.create_task(
        environment.load(LOAD_CONNECTIONS, environment.seconds + 1, pause).run(environment.enrolment.url, loaded)
    )
    await asyncio.sleep(0.7)
    ends = time.perf_counter() + environment.seconds - 0.5
    probes = await asyncio.gather(*(probed(environment, run, few, ends) for _ in range(PROBES)))
    answered = await load
    await environment.settled()
    taken = [seconds * 1000 for probe in probes for seconds in probe]
    return {
        "visible_p50_ms": percentile(taken, 50),
        "visible_p99_ms": percentile(taken, 99),
        "visible_load_per_s": answered.per_second,
    }


async def probed(environment: Environment, run: str, commands: Iterator[Command], ends: float) -> list[float]:
    """Seconds from the answer to the report of the run, of one command after another, until `ends` or the last one."""
    taken = []
    async with (
        Connection(environment.enrolment.url, environment.token()) as office,
        Connection(environment.reporting.url, environment.token(Role.EXECUTIVE)) as reader,
    ):
        for path, body in commands:
            answer = await office.ask("POST", path, body)
            began = time.perf_counter()
            position = answer.headers["pattana-position"]
            report = await reader.ask("GET", f"/api/reporting/runs/{run}?after={position}")
            taken.append(time.perf_counter() - began)
            if answer.status not in (200, 201) or report.status != 200:
                raise LoadFailed(f"a probe was answered {answer.status} and {report.status}")
            if began > ends:
                break
            await asyncio.sleep(PAUSE_SECONDS)
    return taken


async def projection(environment: Environment) -> Values:
    """A new reporting process, with a database and a group of its own, has all events of seats before it."""
    await _backlog(environment)
    name = f"b{time.time_ns()}"
    process = environment.system.add("reporting", PATTANA_MONGO_PREFIX=name, PATTANA_GROUP_PREFIX=f"{name}.")
    try:
        await process.start()
        return {"projection_per_s": await _rate(environment, f"{name}.reporting.g1", environment.seconds)}
    finally:
        await process.stop()
        environment.system.services["reporting"].remove(process)


async def rebuild(environment: Environment) -> Values:
    """The whole log once more, beside a generation that answers."""
    await _backlog(environment)
    async with environment.system.client("reporting", Role.OPERATOR) as operator:
        begun = (await operator.post("/api/reporting/rebuild")).raise_for_status().json()
        rate = await _rate(environment, f"reporting.g{begun['next']['generation']}", 120)

        async def moved() -> bool:
            status = (await operator.get("/api/reporting/rebuild")).raise_for_status().json()
            return status["next"] is None

        await until(moved, 60, every=0.2, what="the rebuilt generation answers")
    return {"rebuild_per_s": rate}


async def _backlog(environment: Environment) -> None:
    """Events for some seconds of reading at the pace of the targets, if the measurements before have made fewer."""
    missing = round(BACKLOG_PER_SECOND * environment.seconds) - (await environment.reading(NOBODY)).total
    if missing > 0:
        await environment.office.nominate(await environment.office.open_run(HOT), environment.hot[:missing])
        await environment.settled()


async def _rate(environment: Environment, group: str, seconds: float) -> float:
    """Events per second from the first ones that were applied on, until all are or the time is over."""
    done = _done(environment, group)
    before = await until(done, 60, every=LOOK_SECONDS, what=f"{group} begins")
    began = time.perf_counter()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        count, now = await done(), time.perf_counter()
        behind = (await environment.reading(group)).behind
        if not behind or now - began > seconds:
            return (count - before) / (now - began)


def _done(environment: Environment, group: str) -> Callable[[], Awaitable[int]]:
    async def done() -> int:
        reading = await environment.reading(group)
        return reading.total - reading.behind

    return done
