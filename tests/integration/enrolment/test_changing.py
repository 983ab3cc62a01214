"""Changing what is planned: PATCH changes what it names, PUT asks before it loses what somebody has entered."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.programmes import created, published, run_body

TWO_DAYS: list[dict[str, Any]] = [
    {"startsAt": f"2048-08-31T{hour}:00:00+07:00", "endsAt": f"2048-08-31T{hour + 2}:00:00+07:00", "title": title}
    for hour, title in ((13, "บรรยาย"), (16, "ปฏิบัติ"))
]
ROOM = {"name": "โรงแรมเอสดี อเวนิว", "room": "3", "district": "เขตบางพลัด", "provinceCode": "10"}
DROP: dict[str, Any] = {"params": {"drop": "sessions,venue"}}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in run_body(sessions=TWO_DAYS).items() if name not in names}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


async def test_what_is_named_of_a_run_changes_and_nothing_else(standing: Office) -> None:
    _, run = await published(standing, ["PO-50"], code="PATCHED", runs=[run_body(sessions=TWO_DAYS)])
    path = f"/runs/{run}"
    before = await standing.done("GET", path)
    del before["closeOutOverdue"]  # which only a reader is told
    answer = await standing.ask("PATCH", path, Role.HR_OFFICER, json={"venue": {"room": "3"}})
    after = answer.json()
    assert (answer.status_code, after["venue"]) == (200, before["venue"] | {"room": "3"})
    assert changed(before, after) == {"venue", "revision", "version"}
    event = (await standing.published("run-scheduled", run))[-1]
    assert (event["venue"]["room"], len(event["sessions"])) == ("3", 2)
    again = await standing.done("PATCH", path, json={"venue": {"room": "3"}})
    assert again["revision"] == after["revision"]
    bare = await standing.done("PATCH", path, json={"venue": None, "sessions": None, "closesAt": None})
    assert (len(bare["sessions"]), bare["venue"]["name"], bare["endsAt"]) == (1, None, before["endsAt"])


async def test_a_run_of_one_session_moves_with_start_and_end(standing: Office) -> None:
    _, run = await published(standing, ["PO-50"], code="ONE-SESSION")
    later = {"startsAt": "2048-09-07T09:00:00+07:00", "endsAt": "2048-09-07T12:00:00+07:00"}
    moved = await standing.done("PATCH", f"/runs/{run}", json=later)
    assert moved["sessions"] == [later | {"title": None}]
    refused = await standing.refused("PATCH", f"/runs/{run}", json={"startsAt": "2048-09-08T09:00:00+07:00"})
    assert refused == (422, "run-times")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"nonsense": None}, 422, "unknown-field"),
        ({"capacity": None}, 422, "invalid-body"),
        ({"capacity": 1}, 409, "capacity-below-allocated"),
        ({"startsAt": "2591-08-31T13:00:00+07:00"}, 422, "date-buddhist-iso"),
        ({"startsAt": "2020-08-31T13:00:00+07:00", "endsAt": None}, 422, "starts-in-past"),
        ([{"capacity": 120}], 422, "invalid-body"),
    ],
)
async def test_changes_that_are_refused(standing: Office, change: Any, status: int, code: str) -> None:
    _, run = await published(standing, ["PO-50"], code=f"NO-{code}-{status}-{len(str(change))}")
    assert await standing.refused("PATCH", f"/runs/{run}", json=change) == (status, code)


async def test_a_draft_is_changed_field_by_field(standing: Office) -> None:
    programme, _ = await created(standing, code="DRAFTED")
    path = f"/programmes/{programme}"
    before = await standing.done("GET", path)
    after = await standing.done("PATCH", path, json={"title": "ชื่อใหม่", "chair": {"position": None}, "topics": ["ก"]})
    assert changed(before, after) == {"title", "chair", "topics", "version", "runs"}
    assert after["chair"] == before["chair"] | {"position": None}
    stale = {"if-match": f'"{before["version"]}"'}
    late = await standing.refused("PATCH", path, json={"title": "อีกชื่อ"}, headers=stale)
    assert late == (412, "changed-since")
    assert (await standing.done("PATCH", path, json={"title": "อีกชื่อ"}))["title"] == "อีกชื่อ"
    assert await standing.refused("PATCH", path, json={"code": None}) == (422, "invalid-body")
    await standing.done("POST", f"{path}/submit")
    assert await standing.refused("PATCH", path, json={"title": "ช้าไป"}) == (409, "programme-not-draft")


@pytest.mark.parametrize(
    ("left_out", "fields"),
    [(("venue",), "venue"), (("sessions",), "sessions"), (("venue", "sessions"), "sessions,venue")],
)
async def test_replacing_asks_before_it_loses_something(
    standing: Office, left_out: tuple[str, ...], fields: str
) -> None:
    _, run = await published(standing, ["PO-50"], code=f"ASKS-{len(fields)}", runs=[run_body(sessions=TWO_DAYS)])
    path, body = f"/runs/{run}", without(*left_out)
    answer = await standing.ask("PUT", path, Role.HR_OFFICER, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (409, "would-drop", fields)
    said = await standing.done("PUT", path, json=body, **DROP)
    whole = run_body(sessions=TWO_DAYS)
    await standing.done("PUT", path, json=whole)
    null = await standing.done("PUT", path, json=body | dict.fromkeys(left_out))
    for after in (said, null):
        assert len(after["sessions"]) == (1 if "sessions" in left_out else 2)
        assert (after["venue"]["name"] is None) == ("venue" in left_out)


WINDOW = {"opensAt": "2048-08-01T09:00:00+07:00", "closesAt": "2048-08-20T16:30:00+07:00", "releaseAt": 7}


@pytest.mark.parametrize("name", WINDOW)
async def test_replacing_asks_before_it_loses_the_window_or_the_release(standing: Office, name: str) -> None:
    _, run = await published(standing, ["PO-50"], code=f"KEEPS-{name}", runs=[run_body(**WINDOW)])
    path, body = f"/runs/{run}", {one: value for one, value in run_body(**WINDOW).items() if one != name}
    answer = await standing.ask("PUT", path, Role.HR_OFFICER, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (409, "would-drop", name)
    assert (await standing.done("PUT", path, json=body, params={"drop": name}))[name] is None
    await standing.done("PUT", path, json=run_body(**WINDOW))
    assert (await standing.done("PUT", path, json=body | {name: None}))[name] is None


async def test_what_nobody_has_entered_is_not_asked_for(standing: Office) -> None:
    _, run = await published(standing, ["PO-50"], code="BARE", runs=[without("venue", "sessions")])
    moved = without("venue", "sessions") | {"startsAt": "2048-09-07T09:00:00+07:00"}
    assert (await standing.done("PUT", f"/runs/{run}", json=moved))["revision"] == 1
    wrong = await standing.refused("PUT", f"/runs/{run}", json=moved, params={"drop": "capacity"})
    assert wrong == (422, "invalid-parameter")


async def test_a_run_that_moves_into_the_next_fiscal_year_counts_in_its_programmes(standing: Office) -> None:
    _, run = await published(standing, ["PO-50"], code="NEXT-YEAR")
    later = {"startsAt": "2048-10-05T09:00:00+07:00", "endsAt": "2048-10-05T16:00:00+07:00"}
    moved = await standing.done("PATCH", f"/runs/{run}", json=later)
    assert (moved["fiscalYear"], moved["startsAt"]) == (2591, later["startsAt"])
    buckets = [event for event in await standing.published("bucket-rescheduled") if event["run"] == run]
    assert {event["fiscalYear"] for event in buckets} == {2591}
    assert (await standing.published("run-scheduled", run))[-1]["fiscalYear"] == 2591
