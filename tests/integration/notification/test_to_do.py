"""Whoever has something left to do after a run is reminded in time, once, and offices of what is overdue."""

from datetime import datetime, timedelta
from typing import Any

from services.notification.domain import Kind, State
from shared.clock import BANGKOK
from shared.events.catalogue import RunClockSet
from shared.events.followups import (
    FollowUpCompleted,
    FollowUpFact,
    FollowUpReopened,
    FollowUpsAssigned,
    FollowUpTask,
    Per,
    ReopenedBecause,
)
from shared.events.seats import Place
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.test_delivery import RUN, address, registered
from tests.unit.notification.builders import NOW, enveloped

THIRTY = datetime(2020, 9, 30, 8, 30, tzinfo=BANGKOK)
SIXTY = datetime(2020, 10, 30, 8, 30, tzinfo=BANGKOK)
OVERDUE = datetime(2020, 10, 6, 8, 30, tzinfo=BANGKOK)  # due on a Monday, told on the Tuesday
OFFICES = [f"PO-{number}" for number in range(11, 18)]


def task(number: int, unit: str, person: str | None = None) -> FollowUpTask:
    place = Place(unit=unit, province=unit[3:5], group=None, region="N")
    return FollowUpTask(task=f"t{number}", place=place, person=person)


TASKS = [*(task(n, unit) for n, unit in enumerate(OFFICES)), task(90, "PO-11.HR", "person-1")]


def fact(kind: type[FollowUpFact], seq: int, due: str = "2020-10-05", **more: Any) -> Any:
    of = {"programme": "p", "run": "run-1", "deliverable": "A", "per": Per.PROVINCE, "due": due, "fiscal_year": 2564}
    return enveloped(kind.model_validate(of | more), "follow-ups:run-1", seq)


async def followed(replica: Replica) -> None:
    """Seven offices and a person have something to do, which one office has done; more than a page of them."""
    await replica.consume(
        *(enveloped(registered(unit, mailed=False), unit) for unit in OFFICES), contact("person-1", address(1))
    )
    await replica.consume(fact(FollowUpsAssigned, 1, tasks=TASKS), fact(FollowUpCompleted, 2, task=TASKS[0]))
    await replica.consume(RUN)  # of two aggregates, which come in any order
    await replica.sweep()


async def told(replica: Replica, kind: Kind, **query: Any) -> list[str]:
    return sorted(message.recipient for message in await replica.messages(kind=kind, **query))


async def test_in_time_once_and_only_whoever_has_something_left(start_replica: StartReplica) -> None:
    replica, other = await start_replica(), await start_replica()
    await followed(replica)
    for each in (replica, other):
        each.now = THIRTY - timedelta(seconds=1)
        await each.remind()
    assert await told(replica, Kind.FOLLOW_UPS_OPEN) == []
    for each in (replica, other, replica):
        each.now = THIRTY
        await each.remind()
    assert await told(replica, Kind.FOLLOW_UPS_OPEN) == [*OFFICES[1:], "person-1"]
    for each in (replica, other):
        each.now = OVERDUE
        await each.remind()
    # The office of the person is told, too, whose own task is done; each office once.
    assert await told(replica, Kind.FOLLOW_UPS_OVERDUE) == OFFICES
    assert len(await told(replica, Kind.FOLLOW_UPS_OPEN)) == len(OFFICES)


async def test_what_is_done_before_it_is_sent_is_told_to_nobody(replica: Replica) -> None:
    await followed(replica)
    replica.now = THIRTY
    await replica.remind()
    await replica.consume(*(fact(FollowUpCompleted, 2 + n, task=one) for n, one in enumerate(TASKS[1:], start=1)))
    await replica.sweep()
    assert await told(replica, Kind.FOLLOW_UPS_OPEN, state=State.SENT) == []
    assert {message.code for message in await replica.messages(kind=Kind.FOLLOW_UPS_OPEN)} == {"all-done"}
    back = fact(FollowUpReopened, 9, task=TASKS[0], because=ReopenedBecause.RETURNED)
    await replica.consume(back)
    await replica.remind()  # within the same days: whoever was not told then is told now
    await replica.sweep()
    assert await told(replica, Kind.FOLLOW_UPS_OPEN, state=State.SENT) == [OFFICES[0]]


async def test_the_clock_of_the_run_decides_and_what_is_long_past_is_not_told(replica: Replica) -> None:
    await followed(replica)
    await replica.remind()  # it is put off until there is something to say
    offset = round((SIXTY + timedelta(hours=1) - NOW).total_seconds())
    await replica.consume(enveloped(RunClockSet(programme="programme-1", run="run-1", offset_seconds=offset), seq=2))
    await replica.remind()
    assert len(await replica.messages(kind=Kind.FOLLOW_UPS_OPEN)) == len(OFFICES)
    assert await told(replica, Kind.FOLLOW_UPS_OVERDUE) == []
