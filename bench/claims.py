"""Figures of the write side: nominations and approvals under the load of wrk, and the opening minute."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.client import Connection
from bench.environment import HOT, Environment
from bench.figures import cpu
from bench.office import nominations
from bench.processes import cpu_between, cpu_seconds
from bench.wrk import Answered, LoadFailed
from shared.rights import Role
from tests.support.waiting import until

Values = dict[str, float]
PER_PROVINCE = 100
MAILED_PER_SECOND = 2_000  # people with an address, and so a limit to this load


@dataclass(frozen=True, slots=True)
class Shape:
    """How nominations come. `answers` ends the names of the figures of the time to the answer."""

    name: str
    connections: int
    hot: bool
    answers: str


SHAPES = (
    Shape("claims_hot_256", 256, True, "hot_256"),
    Shape("claims_hot_64", 64, True, "hot_64"),
    Shape("claims_77_256", 256, False, "77_256"),
    Shape("claims_77_8", 8, False, "8"),
)
ON_SECANTUSDB = Shape("claims_secantusdb", 256, True, "secantusdb")


async def claims(environment: Environment, shape: Shape) -> Values:
    """One run of this shape on a run of its own, with what it costs each process."""
    run = await environment.office.open_run(HOT if shape.hot else environment.units)
    lines = nominations(run, environment.hot if shape.hot else environment.wide)
    await environment.settled()
    before = cpu_seconds(environment.folders)
    answered = await environment.load(shape.connections).run(environment.enrolment.url, lines)
    await environment.settled()
    environment.peak = max(environment.peak, answered.per_second)
    spent = cpu_between(before, cpu_seconds(environment.folders))
    if (made := await environment.nominated(run)) < answered.accepted:
        raise LoadFailed(f"{answered.accepted} nominations were accepted and {made} made: some were sent twice")
    return {
        shape.name: answered.per_second,
        f"answer_p50_ms_{shape.answers}": answered.p50,
        f"answer_p99_ms_{shape.answers}": answered.p99,
        **cpu_per_command(shape.name, spent, answered),
    }


def cpu_per_command(load: str, spent: Mapping[str, float], answered: Answered) -> Values:
    return {cpu(load, process): seconds * 1000 / answered.accepted for process, seconds in spent.items()}


async def mailing(environment: Environment) -> Values:
    """The notification service works beside it; it is ended again afterwards, with the mail that is left."""
    name = "claims_hot_256_mailing"
    notification = environment.notification
    await notification.start()
    await until(notification.ready, 60, every=0.1, what="the notification service is ready")
    people = await environment.office.import_people(HOT, round(MAILED_PER_SECOND * environment.seconds))
    run = await environment.office.open_run(HOT)
    await environment.settled()
    before = cpu_seconds(environment.folders)
    answered = await environment.load(256).run(environment.enrolment.url, nominations(run, people))
    spent = cpu_between(before, cpu_seconds(environment.folders))
    await notification.stop()
    return {name: answered.per_second, **cpu_per_command(name, spent, answered)}


async def approvals(environment: Environment) -> Values:
    """Every second request approves a nomination that was made before; the others nominate."""
    run = await environment.office.open_run(environment.units, approval=True)
    half = len(environment.wide) // 2
    waiting, new = environment.wide[:half], environment.wide[half:]
    made = await environment.office.nominate(run, waiting)
    await environment.settled()
    path = f"/api/enrolment/runs/{run}/nominations"
    approving = [f"{path}/{nomination}/approve\t{{}}" for nomination in made]
    lines = list(itertools.chain.from_iterable(zip(approving, nominations(run, new), strict=False)))
    lines = by_thread(lines)
    before = cpu_seconds(environment.folders)
    answered = await environment.load(256).run(environment.enrolment.url, lines)
    await environment.settled()
    spent = cpu_between(before, cpu_seconds(environment.folders))
    return {"approvals_per_s": answered.per_second / 2, **cpu_per_command("approvals_per_s", spent, answered)}


def by_thread(lines: Sequence[str]) -> list[str]:
    """wrk's two threads take every second line each: in pairs, so that both get both kinds."""
    pairs = [lines[start : start + 4] for start in range(0, len(lines) - 3, 4)]
    return [line for first, second, third, fourth in pairs for line in (first, third, second, fourth)]


async def opening_minute(environment: Environment) -> Values:
    """76 clients, each with its own token, nominate 100 people of their province one after another."""
    run = await environment.office.open_run(environment.provinces, seats=PER_PROVINCE)
    await environment.settled()
    units = len(environment.units)
    taken: list[float] = []
    before = cpu_seconds(environment.folders)
    started = time.perf_counter()
    await asyncio.gather(
        *(
            _province(environment, run, unit, environment.wide[place::units][:PER_PROVINCE], taken.append)
            for place, unit in enumerate(environment.provinces)
        )
    )
    seconds = time.perf_counter() - started
    await environment.settled()
    spent = cpu_between(before, cpu_seconds(environment.folders))
    return {
        "opening_minute": len(taken) / seconds,
        "opening_minute_seconds": seconds,
        "opening_minute_p99_ms": percentile(taken, 99) * 1000,
        **cpu_per_command("opening_minute", spent, Answered(len(taken), seconds, 0, 0, 0)),
    }


async def _province(
    environment: Environment, run: str, unit: str, people: Sequence[str], note: Callable[[float], None]
) -> None:
    path = f"/api/enrolment/runs/{run}/nominations"
    async with Connection(environment.enrolment.url, environment.token(Role.PROVINCIAL_HR, unit)) as client:
        for person in people:
            began = time.perf_counter()
            body = json.dumps({"person": person, "rank": "PRIMARY"}).encode()
            answer = await client.ask("POST", path, body, idempotency_key=f"{run}-{person}")
            if answer.status != 201:
                raise LoadFailed(f"{unit}: {answer.status} {answer.body.decode()[:200]}")
            note(time.perf_counter() - began)


async def two_replicas(environment: Environment, *, same: bool) -> Values:
    """Two enrolment processes, half of the connections and people each; over one of them alone just before."""
    runs = [await environment.office.open_run(HOT) for _ in range(3)]
    alone = await environment.load(256).run(environment.enrolment.url, nominations(runs[0], environment.hot))
    await environment.settled()
    async with environment.second_enrolment() as second:
        both = await _both(environment, second.url, (runs[1], runs[1] if same else runs[2]))
        await environment.settled()
    name = "two_replicas_same_bucket" if same else "two_replicas_different_runs"
    return {name: sum(replica.per_second for replica in both) / alone.per_second}


async def _both(environment: Environment, second: str, runs: Sequence[str]) -> list[Answered]:
    half = len(environment.hot) // 2
    halves = (environment.hot[:half], environment.hot[half:])
    urls = (environment.enrolment.url, second)
    loads = [
        environment.load(128).run(url, nominations(run, people), tolerated=0.2)
        for url, run, people in zip(urls, runs, halves, strict=True)
    ]
    return await asyncio.gather(*loads)


def percentile(values: Sequence[float], rank: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * rank / 100))]


different_runs = partial(two_replicas, same=False)
same_bucket = partial(two_replicas, same=True)
