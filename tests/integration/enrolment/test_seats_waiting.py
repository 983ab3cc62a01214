"""Long waiting lists and rushes: what a command reads and writes does not grow with them, and nobody waits for ever."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.nomination_documents import nomination_document
from services.enrolment.settings import EnrolmentSettings
from shared.mongo import Document
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.api import Issuer
from tests.support.waiting import until
from tests.unit.enrolment.seats.builders import NOW, C, W, bucket, nomination

AT_ONCE = 3


@pytest.fixture
async def small_steps(
    monkeypatch: pytest.MonkeyPatch, standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer
) -> AsyncIterator[Office]:
    """An instance that seats a few people per transaction."""
    monkeypatch.setattr("services.enrolment.seats.service.growth.MOST_SEATED", AT_ONCE)
    async with serving(standing_settings.model_copy(update={"instance": "small"}), issuer) as office:
        yield office


async def test_a_waiting_list_is_read_from_its_head_and_only_as_far_as_asked(standing: Office) -> None:
    long, short = bucket("PO-50"), bucket("PO-95")
    waiting = [
        (home, nomination(f"list-{home.bucket_unit}-{n}", W, f"of-{home.id}-{n}", bucket=home.id, queue=1_000 - n))
        for home, count in ((long, 50), (short, 2))
        for n in range(count)
    ]
    seated = nomination("list-seated", C, "of-seated", bucket=long.id)
    rows = [
        nomination_document(NominationChange(one, home, new=True, by="b", at=NOW))
        for home, one in [*waiting, (long, seated)]
    ]
    await standing.db["nominations"].insert_many(rows)
    seats = Seats(standing.db)
    queues = await seats.queues_of({long.id: 3, short.id: 9}, None)
    assert {key: [one.id for one in queue] for key, queue in queues.items()} == {
        long.id: [f"list-PO-50-{n}" for n in (49, 48, 47)],
        short.id: [f"list-PO-95-{n}" for n in (1, 0)],
    }


async def check_steps(driver: RunDriver, most: int) -> None:
    """Between two changes of seats no more were seated than one transaction may, and always just as many as came."""
    events = await driver.office.published(aggregate=f"{driver.run}:OFFICES:PO-50")
    kinds = [event["type"].split(".")[1] for event in events]
    changes = [place for place, kind in enumerate(kinds) if kind == "bucket-seats-changed"] + [len(kinds)]
    for place, after in pairwise(changes):
        seated = Counter(kinds[place + 1 : after])
        assert seated == Counter({"seat-confirmed": events[place]["seats"] - events[place]["before"]})
        assert seated.total() <= most


def moved_here(seats: int) -> dict[str, Any]:
    """The other office's seats given to this one."""
    given = {"PO-50": seats, "PO-95": 0}
    return {"buckets": [{"target": "OFFICES", "bucketUnit": unit, "seats": count} for unit, count in given.items()]}


async def grown(driver: RunDriver) -> Document | None:
    row = await driver.office.db["buckets"].find_one({"run": driver.run, "bucket_unit": "PO-50"})
    return row if row is not None and "growing" not in row else None


async def test_many_new_seats_are_filled_in_steps_and_in_order(small_steps: Office) -> None:
    people = await staff(small_steps, "PO-50.HR", 12)
    driver = await opened(small_steps, {"PO-50": 1, "PO-95": 9})
    await driver.done("POST", "/nominations", json={"nominations": [{"person": person} for person in people]})
    answer = await driver.done("PUT", "/buckets", json=moved_here(10))
    assert [(row["seats"], row["growingTo"], row["free"]) for row in answer["buckets"]] == [
        (1 + AT_ONCE, 10, 0),
        (0, None, 0),
    ]
    row = await until(lambda: grown(driver))
    assert row is not None
    assert (row["seats"], row["free"], row["waiting"]) == (10, 0, 2)
    assert list((await driver.states()).values()) == ["CONFIRMED"] * 10 + ["WAITLISTED"] * 2
    await check_steps(driver, AT_ONCE)
    assert (await driver.done("PUT", "/buckets", json=moved_here(10)))["buckets"][0]["growingTo"] is None


async def test_growth_that_a_process_left_is_carried_on_by_another(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await staff(standing, "PO-50.HR", 8)
    driver = await opened(standing, {"PO-50": 2})
    await driver.done("POST", "/nominations", json={"nominations": [{"person": person} for person in people]})
    monkeypatch.setattr("services.enrolment.seats.service.growth.POLL_SECONDS", 0.05)
    left = {"growing": {"seats": 20, "by": "officer"}}  # as the first transaction of an allocation leaves it
    await standing.db["buckets"].update_one({"run": driver.run, "bucket_unit": "PO-50"}, {"$set": left})
    async with serving(standing_settings.model_copy(update={"instance": "next"}), issuer):
        row = await until(lambda: grown(driver))
    assert row is not None
    assert (row["seats"], row["free"], row["waiting"]) == (20, 12, 0)
    assert (await driver.history())[-7:] == ["bucket-seats-changed"] + ["seat-confirmed"] * 6


async def test_beyond_the_share_of_a_run_commands_are_refused_and_not_carried_out(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    people = await staff(standing, "PO-50.HR", 30)
    settings = standing_settings.model_copy(update={"instance": "full", "queue_limit": 12, "queue_run_limit": 2})
    driver = await opened(standing, {"PO-50": 30})
    async with serving(settings, issuer) as office:
        crowded = RunDriver(office, driver.programme, driver.run)
        answers = await asyncio.gather(
            *(crowded.ask("POST", "/nominations", json={"person": person}) for person in people)
        )
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {(answer.json()["code"], answer.headers["retry-after"]) for answer in refused} == {("run-busy", "5")}
    accepted = {answer.json()["person"] for answer in answers if answer.status_code == 201}
    assert len(accepted) + len(refused) == 30
    assert (await driver.states()).keys() == accepted
