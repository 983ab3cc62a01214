"""Erasing a person frees what the person has or hopes for, in every run that has not ended, once; the next moves up."""

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import step
from tests.integration.enrolment.test_erased import erase, two
from tests.support.api import Issuer
from tests.support.events import MOMENT
from tests.support.waiting import until

UNDER_WAY, OVER = "2048-08-31T14:00:00+07:00", "2048-08-31T16:31:00+07:00"


async def seated(office: Office, person: str, other: str) -> RunDriver:
    """A run in which the one has the only seat, and the other waits for it."""
    driver = await opened(office, {"PO-50": 1})
    for who in (person, other):
        await driver.nominate(who)
    return driver


async def test_the_seat_goes_to_the_next_who_waits_also_when_the_intake_is_closed(standing: Office) -> None:
    person, other = await two(standing, "seat")
    driver, closed = [await seated(standing, person, other) for _ in range(2)]
    await step(standing, closed.programme, "close")
    await erase(standing, person)
    for each in (driver, closed):
        assert await each.states() == {person: "WITHDRAWN", other: "CONFIRMED"}
        assert await each.bucket() == (1, 0, 0)
        assert (await each.history())[-2:] == ["nomination-withdrawn", "seat-confirmed"]
    rows = (await driver.done("GET", "/nominations"))["items"]
    assert {row["person"]: row["erased"] for row in rows} == {person: True, other: False}
    bucket = f"{driver.run}:OFFICES:PO-50"
    told = await standing.db["outbox"].find_one({"aggregate": bucket, "type": "enrolment.nomination-withdrawn.v1"})
    assert told is not None
    assert '"because":"ERASED"' in told["body"]


async def test_who_waits_or_is_not_approved_yet_hopes_no_longer(standing: Office) -> None:
    person, other = await two(standing, "hope")
    waits = await seated(standing, other, person)
    asked = await opened(standing, {"PO-50": 1}, approval=True)
    made = await asked.nominate(person)
    await erase(standing, person)
    assert await waits.states() == {person: "WITHDRAWN", other: "CONFIRMED"}
    assert await waits.bucket() == (1, 0, 0)
    assert await asked.states() == {person: "WITHDRAWN"}
    assert await asked.refused(f"/nominations/{made['id']}/approve", json={}) == (409, "already-withdrawn")


async def test_a_run_under_way_gets_a_free_seat_and_one_that_ended_or_was_cancelled_stays_as_it_was(
    standing: Office,
) -> None:
    person, other = await two(standing, "calendar")
    under_way, over, cancelled = [await seated(standing, person, other) for _ in range(3)]
    for driver, moment in ((under_way, UNDER_WAY), (over, OVER)):
        await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": moment})
    await step(standing, cancelled.programme, "cancel")
    await erase(standing, person)
    assert await under_way.states() == {person: "WITHDRAWN", other: "WAITLISTED"}
    assert await under_way.bucket() == (0, 1, 1)
    for driver in (over, cancelled):
        assert await driver.states() == {person: "CONFIRMED", other: "WAITLISTED"}


async def test_many_nominations_go_page_by_page_and_what_was_cut_off_goes_on_without_a_second_time(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.enrolment.seats.service.leaving.AT_ONCE", 1)
    person, other = await two(standing, "pages")
    drivers = [await seated(standing, person, other) for _ in range(3)]
    await erase(standing, person)
    histories = [await driver.history() for driver in drivers]
    assert [history.count("nomination-withdrawn") for history in histories] == [1, 1, 1]
    left = {"erasing.turn": 0, "erasing.due": MOMENT, "erasing.rows": None, "erasing.texts": None, "erasing.seats": ""}
    await standing.db["people"].update_one({"_id": person}, {"$set": left})
    async with serving(standing_settings.model_copy(update={"instance": "next"}), issuer):
        await until(lambda: standing.db["people"].find_one({"_id": person, "erasing.turn": 1}))
    assert [await driver.history() for driver in drivers] == histories
