"""Figures of the write side: nominations and approvals under the load of wrk, and the opening minute."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.client import Connection
from bench.figures import cpu
from bench.office import nominations
from bench.processes import cpu_between, cpu_seconds
from bench.stage import HOT, Stage
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


async def claims(stage: Stage, shape: Shape) -> Values:
    """One run of this shape on a run of its own, with what it costs each process."""
    run = await stage.office.open_run(HOT if shape.hot else stage.units)
    lines = nominations(run, stage.hot if shape.hot else stage.wide)
    await stage.settled()
    before = cpu_seconds(stage.folders)
    answered = await stage.load(shape.connections).run(stage.enrolment.url, lines)
    await stage.settled()
    stage.peak = max(stage.peak, answered.per_second)
    spent = cpu_between(before, cpu_seconds(stage.folders))
    return {
        shape.name: answered.per_second,
        f"answer_p50_ms_{shape.answers}": answered.p50,
        f"answer_p99_ms_{shape.answers}": answered.p99,
        **cpu_per_command(shape.name, spent, answered),
    }


def cpu_per_command(load: str, spent: Mapping[str, float], answered: Answered) -> Values:
    return {cpu(load, process): seconds * 1000 / answered.accepted for process, seconds in spent.items()}


async def mailing(stage: Stage) -> Values:
    """The notification service works beside it; it is ended again afterwards, with the mail that is left."""
    name = "claims_hot_256_mailing"
    notification = stage.notification
    await notification.start()
    await until(notification.ready, 60, every=0.1, what="the notification service is ready")
    people = await stage.office.import_people(HOT, round(MAILED_PER_SECOND * stage.seconds))
    run = await stage.office.open_run(HOT)
    await stage.settled()
    before = cpu_seconds(stage.folders)
    answered = await stage.load(256).run(stage.enrolment.url, nominations(run, people))
    spent = cpu_between(before, cpu_seconds(stage.folders))
    await notification.stop()
    return {name: answered.per_second, **cpu_per_command(name, spent, answered)}


async def approvals(stage: Stage) -> Values:
    """Every second request approves a nomination that was made before; the others nominate."""
    run = await stage.office.open_run(stage.units, approval=True)
    half = len(stage.wide) // 2
    waiting, new = stage.wide[:half], stage.wide[half:]
    made = await stage.office.nominate(run, waiting)
    await stage.settled()
    path = f"/api/enrolment/runs/{run}/nominations"
    approving = [f"{path}/{nomination}/approve\t{{}}" for nomination in made]
    lines = list(itertools.chain.from_iterable(zip(approving, nominations(run, new), strict=False)))
    lines = by_thread(lines)
    before = cpu_seconds(stage.folders)
    answered = await stage.load(256).run(stage.enrolment.url, lines)
    await stage.settled()
    spent = cpu_between(before, cpu_seconds(stage.folders))
    return {"approvals_per_s": answered.per_second / 2, **cpu_per_command("approvals_per_s", spent, answered)}


def by_thread(lines: Sequence[str]) -> list[str]:
    """wrk's two threads take every second line each: in pairs, so that both get both kinds."""
    pairs = [lines[start : start + 4] for start in range(0, len(lines) - 3, 4)]
    return [line for first, second, third, fourth in pairs for line in (first, third, second, fourth)]


async def opening_minute(stage: Stage) -> Values:
    """76 clients, each with its own token, nominate 100 people of their province one after another."""
    run = await stage.office.open_run(stage.provinces, seats=PER_PROVINCE)
    await stage.settled()
    homes = len(stage.units)
    taken: list[float] = []
    before = cpu_seconds(stage.folders)
    started = time.perf_counter()
    await asyncio.gather(
        *(
            _province(stage, run, unit, stage.wide[place::homes][:PER_PROVINCE], taken.append)
            for place, unit in enumerate(stage.provinces)
        )
    )
    seconds = time.perf_counter() - started
    await stage.settled()
    spent = cpu_between(before, cpu_seconds(stage.folders))
    return {
        "opening_minute": len(taken) / seconds,
        "opening_minute_seconds": seconds,
        "opening_minute_p99_ms": percentile(taken, 99) * 1000,
        **cpu_per_command("opening_minute", spent, Answered(len(taken), seconds, 0, 0, 0)),
    }


async def _province(stage: Stage, run: str, unit: str, people: Sequence[str], note: Callable[[float], None]) -> None:
    path = f"/api/enrolment/runs/{run}/nominations"
    async with Connection(stage.enrolment.url, stage.token(Role.PROVINCIAL_HR, unit)) as client:
        for person in people:
            began = time.perf_counter()
            body = json.dumps({"person": person, "rank": "PRIMARY"}).encode()
            answer = await client.ask("POST", path, body, idempotency_key=f"{run}-{person}")
            if answer.status != 201:
                raise LoadFailed(f"{unit}: {answer.status} {answer.body.decode()[:200]}")
            note(time.perf_counter() - began)


async def two_replicas(stage: Stage, *, same: bool) -> Values:
    """Two enrolment processes, half of the connections and people each; over one of them alone just before."""
    runs = [await stage.office.open_run(HOT) for _ in range(3)]
    alone = await stage.load(256).run(stage.enrolment.url, nominations(runs[0], stage.hot))
    await stage.settled()
    second = stage.system.add("enrolment")
    await second.start()
    try:
        await until(second.ready, 60, every=0.1, what="the second replica is ready")
        both = await _both(stage, second.url, (runs[1], runs[1] if same else runs[2]))
        await stage.settled()
    finally:
        await second.stop()
        stage.system.services["enrolment"].remove(second)
    name = "two_replicas_same_bucket" if same else "two_replicas_different_runs"
    return {name: sum(one.per_second for one in both) / alone.per_second}


async def _both(stage: Stage, second: str, runs: Sequence[str]) -> list[Answered]:
    half = len(stage.hot) // 2
    halves = (stage.hot[:half], stage.hot[half:])
    urls = (stage.enrolment.url, second)
    loads = [
        stage.load(128).run(url, nominations(run, people), tolerated=0.2)
        for url, run, people in zip(urls, runs, halves, strict=True)
    ]
    return await asyncio.gather(*loads)


def percentile(values: Sequence[float], rank: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * rank / 100))]


different_runs = partial(two_replicas, same=False)
same_bucket = partial(two_replicas, same=True)
