"""People are asked to answer the forms of their run on real engines: once, once more, and not who has answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.enrolment.catalogue.storage.to_ask import AT_ONCE
from services.enrolment.settings import EnrolmentSettings
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.evaluating import AFTER, BEFORE, LATER, OVER, Asking, asking
from tests.integration.enrolment.programmes import step
from tests.support.api import Issuer
from tests.support.waiting import until

LAST_DAY = "2048-08-31T07:00:00+07:00"  # forms are open, the run has not begun
AGAIN = "2048-09-20T08:30:00+07:00"
LATER_AGAIN = "2049-01-08T08:30:00+07:00"
SUPERVISOR: dict[str, Any] = {"role": Role.SUPERVISOR, "unit": "PO-50"}
Told = list[tuple[tuple[str, ...], bool, list[str]]]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Pages of two people, so that a round has several."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.enrolment.evaluation.service.asking.POLL_SECONDS", 0.1)
        patched.setattr("services.enrolment.evaluation.service.asking.AT_ONCE", 2)
        yield


async def looked(run: Asking) -> None:
    """Until nobody is to be asked now."""
    office = run.driver.office

    async def rests() -> bool:
        row = await office.db["runs"].find_one({"_id": run.driver.run}, {"ask_look_at": 1})
        return row is not None and row["ask_look_at"] > AT_ONCE

    await until(rests, 30, what="everybody is asked who is to be asked")


async def told(run: Asking) -> Told:
    """What events say so far, the first time of asking first: forms, whether it is again, and whom."""
    await looked(run)
    aggregate = f"asking:{run.driver.run}"
    stored = await run.driver.office.db["outbox"].find({"aggregate": aggregate}).sort("seq", 1).to_list(None)
    assert [row["seq"] for row in stored] == list(range(1, len(stored) + 1))
    found: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for event in await run.driver.office.published("answers-asked", aggregate):
        whom = [one["person"] for one in event["people"]] + event["offices"]
        assert len(whom) <= 2, "a page"
        found.setdefault((tuple(event["forms"]), event["again"]), []).extend(whom)
    rows = sorted(found.items(), key=lambda row: (row[0][1], row[0][0]))
    return [(forms, again, sorted(set(whom) if "TRANSFER" in forms else whom)) for (forms, again), whom in rows]


async def test_once_when_a_form_opens_and_once_more_whoever_has_not_answered(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    people = await staff(standing, "PO-50.HR", 5)
    run = await asking(standing, people)
    assert await told(run) == []
    gone = (await run.driver.done("GET", "/nominations", params={"limit": "1"}))["items"][0]
    await run.driver.act("withdraw", gone, reason="ติดราชการ")
    left = sorted(set(people) - {gone["person"]})
    await run.at(BEFORE)
    expected: Told = [(("PRE",), False, left)]
    assert await told(run) == expected

    await run.at(LAST_DAY)
    assert await told(run) == expected, "people are asked how it was when it is over"
    await run.answer("REACTION", left[0], {"overall": 5})
    await run.at(AFTER)
    expected = [(("POST",), False, left[:1]), (("POST", "REACTION"), False, left[1:]), *expected]
    assert await told(run) == expected
    await run.answer("POST", left[1], {"knowledge": 4})
    await run.answer("REACTION", left[1], {"overall": 4})
    settings = standing_settings.model_copy(update={"instance": "after a restart"})
    async with serving(settings, issuer):
        await run.at("2048-09-02T08:30:00+07:00")
        assert await told(run) == expected

    await run.at(AGAIN)
    assert await told(run) == [*expected, (("POST",), True, left[:1]), (("POST", "REACTION"), True, left[2:])]
    stored = await standing.db["evaluation_asking"].find_one({"_id": run.driver.run})
    assert not set(people) & set(repr(stored).split("'")), "who was asked stands in the events alone"


async def test_superiors_are_asked_at_their_office_while_somebody_is_not_assessed(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    run = await asking(standing, people, forms=["TRANSFER"])
    await run.at(LATER)
    first: Told = [(("TRANSFER",), False, ["PO-50"])]
    assert await told(run) == first
    for person in people[:2]:
        await run.answer("TRANSFER", "head", {"applied": 4}, about=person, **SUPERVISOR)
    await run.at(LATER_AGAIN)
    assert await told(run) == [*first, (("TRANSFER",), True, ["PO-50"])]
    await run.at(OVER)
    assert len(await told(run)) == 2


async def test_times_that_an_organiser_fixes_are_looked_at_at_once_and_a_cancelled_run_is_not(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    run = await asking(standing, people, forms=["REACTION"])
    await run.at(BEFORE)
    assert await told(run) == []
    fixed = {"opensAt": "2048-08-29T09:00:00+07:00", "closesAt": "2048-09-10T00:00:00+07:00"}
    await run.driver.done("PUT", "/forms/REACTION", json=fixed)
    assert await told(run) == [(("REACTION",), False, sorted(people))]
    cancelled = await asking(standing, people, forms=["PRE"])
    await step(standing, cancelled.driver.programme, "cancel")
    await cancelled.at(BEFORE)
    assert await told(cancelled) == []
