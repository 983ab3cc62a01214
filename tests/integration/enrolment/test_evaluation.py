"""Forms of a run: asked in their time, answered once by each who has a seat, released in batches of five."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.fresh_keys import new_key_ring
from shared.mongo import Document
from shared.rights import Role
from tests.integration.enrolment.conftest import BY_TIME, Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.evaluating import AFTER, BEFORE, LATER, OVER, Asking, asking
from tests.support.api import Issuer
from tests.support.waiting import until

SUPERVISOR: dict[str, Any] = {"role": Role.SUPERVISOR, "unit": "PO-50"}


@pytest.fixture(scope="module")
async def ministry(
    standing_settings: EnrolmentSettings, issuer: Issuer, bundled_units: list[Document]
) -> AsyncIterator[Office]:
    """A service that takes an answer for the last one after a moment."""
    settings = standing_settings.model_copy(update={"evaluation_quiet_seconds": 2.0})
    async with serving(settings, issuer) as office:
        await office.db["units"].insert_many(bundled_units)
        yield office


@pytest.fixture(scope="module")
async def people(ministry: Office) -> list[str]:
    return await staff(ministry, "PO-50.HR", 13)


async def test_forms_are_answered_in_their_time_and_once(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    first, second = people[:2]
    assert await run.refused("REACTION", first, {"overall": 5}) == (409, "form-not-open")
    assert (await run.driver.ask("GET", "/forms/POST", Role.LEARNER, person=first)).json()["code"] == "form-not-open"
    await run.at(BEFORE)
    assert await run.answer("PRE", first, {"knowledge": 2}) == {
        "run": run.driver.run,
        "form": "PRE",
        "answered": True,
    }
    await run.at(AFTER)
    assert await run.refused("PRE", second, {"knowledge": 2}) == (409, "form-closed")
    form = await run.driver.done("GET", "/forms/REACTION", Role.LEARNER, person=first)
    first_asked = form["questions"][0]
    assert (first_asked["key"], first_asked["kind"], first_asked["required"]) == ("overall", "LEVEL", True)
    assert [choice["th"] for choice in first_asked["choices"]] == ["มากที่สุด", "มาก", "ปานกลาง", "น้อย", "น้อยที่สุด"]
    assert (form["anonymous"], form["state"], form["answered"]) == (True, "OPEN", None)


async def test_answers_that_are_refused_change_nothing(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    first, second = people[:2]
    await run.at(AFTER)
    for said, refused in (
        ({"overall": 5, "nothing": 1}, (422, "unknown-question")),
        ({"overall": 6}, (422, "answer-outside-scale")),
        ({"overall": "5"}, (422, "answer-outside-scale")),
        ({"content": 5}, (422, "answer-missing")),
        ({}, (422, "answer-missing")),
        ({"overall": 5000}, (422, "invalid-body")),
        ({"overall": 5, "remarks": " "}, (422, "invalid-body")),
    ):
        assert await run.refused("REACTION", first, said) == refused, said
    assert await run.refused("REACTION", people[12], {"overall": 5}) == (403, "not-in-run")
    assert await run.refused("REACTION", first, {"overall": 5}, about=second) == (422, "whom-to-assess")
    assert await run.refused("NOTHING", first, {"overall": 5}) == (404, "not-found")
    await run.answer("REACTION", first, {"overall": 5})
    assert await run.refused("REACTION", first, {"overall": 1}) == (409, "already-answered")
    await run.at(OVER)
    assert await run.refused("REACTION", second, {"overall": 5}) == (409, "form-closed")


async def test_a_repeated_request_is_one_answer(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    key = {"idempotency-key": "the-same"}
    answers = [await run.send("REACTION", people[0], {"overall": said}, headers=key) for said in (5, 5, 1)]
    assert [answer.status_code for answer in answers] == [201, 201, 201], "what was said is not remembered"
    assert (await run.state("REACTION"))["answered"] == 1


async def test_results_come_in_batches_of_five(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:12])
    await run.at(AFTER)
    for person in people[:4]:
        await run.answer("REACTION", person, {"overall": 4, "content": 3, "remarks": "ห้องเย็น"})
    results = await run.results("REACTION")
    assert (results["answered"], results["released"], results["complete"]) == (4, 0, True)
    assert {(one["answers"], one["mean"], str(one["counts"])) for one in results["questions"]} == {(None, None, "None")}
    assert await ministry.published("answers-released", f"{run.driver.run}:REACTION") == []

    for person in people[4:7]:
        await run.answer("REACTION", person, {"overall": 5})
    results = await run.released("REACTION", 7)
    overall, content = results["questions"][0], results["questions"][1]
    assert (overall["answers"], overall["counts"]) == (7, {"5": 3, "4": 4, "3": 0, "2": 0, "1": 0})
    assert overall["mean"] == 4.43
    assert (content["question"], content["answers"], content["counts"]) == ("content", None, None), "of four people"

    await run.answer("REACTION", people[7], {"overall": 1, "content": 1, "remarks": "ดีมาก"})
    await _the_last_one_is_told_to_nobody(ministry, run)


async def _the_last_one_is_told_to_nobody(ministry: Office, run: Asking) -> None:
    assert (await run.results("REACTION"))["questions"][0]["answers"] == 7
    assert await texts(run) == []
    await run.at(OVER)

    async def closed() -> Document | None:
        return await ministry.db["evaluations"].find_one({"_id": f"{run.driver.run}:REACTION", "closed": True})

    await until(closed, 30)
    results = await run.results("REACTION")
    assert (results["answered"], results["released"]) == (8, 7), "the last one is told to nobody"
    assert await texts(run) == [], "four have written in a batch"
    events = await ministry.published("answers-released", f"{run.driver.run}:REACTION")
    assert [event["answers"] for event in events] == [7]
    assert [one["question"] for one in events[0]["questions"]] == ["overall"]


async def texts(run: Asking) -> list[str]:
    answer = await run.driver.done("GET", "/forms/REACTION/texts", params={"question": "remarks"})
    return [one["text"] for one in answer["items"]]


async def test_texts_are_told_at_the_close_and_lead_back_to_nobody(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    said = [f"ข้อความ {number}" for number in range(6)]
    for person, text in zip(people, said, strict=False):
        await run.answer("REACTION", person, {"overall": 3, "remarks": text})
    await run.released("REACTION", 6)
    assert await texts(run) == []
    await run.at(OVER)

    async def told() -> bool:
        return len(await texts(run)) == 6

    await until(told, 30)
    assert sorted(await texts(run)) == said
    pages = await run.driver.done("GET", "/forms/REACTION/texts", params={"question": "remarks", "limit": "4"})
    assert len(pages["items"]) == 4
    assert pages["next"]
    path, asked = f"/runs/{run.driver.run}/forms/REACTION/texts", {"question": "overall"}
    assert await ministry.refused("GET", path, params=asked) == (422, "unknown-question")


async def test_drafts_are_kept_and_end_with_the_answer(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    mine: dict[str, Any] = {"role": Role.LEARNER, "person": people[0]}
    path = "/forms/REACTION/draft"

    async def save(said: Any, version: int) -> Any:
        headers = {"if-match": f'"{version}"'}
        return await run.driver.ask("PUT", path, json={"answers": said}, headers=headers, **mine)

    assert (await run.driver.done("GET", path, **mine))["answers"] == {}
    assert (await save({"content": 2}, 0)).json() == {"run": run.driver.run, "form": "REACTION", "saved": True}
    assert (await save({"content": 3}, 0)).json()["code"] == "changed-since"
    assert (await save({"content": 3, "overall": 4}, 1)).is_success
    assert (await save({"content": 9}, 2)).json()["code"] == "answer-outside-scale"
    read = await run.driver.ask("GET", path, **mine)
    assert (read.json()["answers"], read.headers["etag"]) == ({"content": 3, "overall": 4}, '"2"')
    assert (await run.driver.done("GET", path, Role.LEARNER, person=people[1]))["answers"] == {}
    outside = await run.driver.ask("GET", path, Role.LEARNER, person=people[12])
    assert outside.json()["code"] == "not-in-run"
    await run.answer("REACTION", people[0], {"overall": 4})
    assert (await run.driver.done("GET", path, **mine))["answers"] == {}
    assert (await save({"content": 3}, 0)).json()["code"] == "already-answered"


async def test_what_people_gain(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:8])
    await run.at(BEFORE)
    for number, person in enumerate(people[:7]):
        await run.answer("PRE", person, {"knowledge": 1 + number % 3})
    await run.at(AFTER)
    for person in people[1:8]:
        await run.answer("POST", person, {"knowledge": 4})
    results = await run.released("POST", 7)
    assert (results["gains"], results["meanGain"]) == (6, round((2 + 1 + 3 + 2 + 1 + 3) / 6, 2))
    rows = (await run.driver.done("GET", "/gains"))["items"]
    assert {row["person"]: row["gain"] for row in rows} == dict(zip(people[1:8], [2, 1, 3, 2, 1, 3, None], strict=True))
    own = await run.driver.done("GET", "/gains", Role.LEARNER, person=people[1])
    assert own["items"] == [{"person": people[1], "pre": 2, "post": 4, "gain": 2}]
    page = await run.driver.done("GET", "/gains", params={"limit": "3"})
    assert [row["person"] for row in page["items"]] == sorted(people[1:8])[:3]
    assert (await run.driver.ask("GET", "/gains", Role.SUPERVISOR, unit="PO-50")).status_code == 403


async def test_a_superior_assesses_what_has_come_of_it(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    said = {"applied": 4}
    assert await run.refused("TRANSFER", "head", said, about=people[0], **SUPERVISOR) == (409, "form-not-open")
    await run.at(LATER)
    assert await run.refused("TRANSFER", "head", said, **SUPERVISOR) == (422, "whom-to-assess")
    assert await run.refused("TRANSFER", people[0], said, about=people[0], **SUPERVISOR) == (403, "assesses-oneself")
    assert await run.refused("TRANSFER", "head", said, about=people[12], **SUPERVISOR) == (403, "not-one-to-assess")
    assert await run.refused("TRANSFER", people[1], said, about=people[0]) == (403, "not-one-to-assess")
    elsewhere = SUPERVISOR | {"unit": "PO-95"}
    assert await run.refused("TRANSFER", "head", said, about=people[0], **elsewhere) == (403, "not-one-to-assess")
    for person in people[:5]:
        await run.answer("TRANSFER", "head", said, about=person, **SUPERVISOR)
    assert await run.refused("TRANSFER", "other", said, about=people[0], **SUPERVISOR) == (409, "already-answered")
    assert (await run.released("TRANSFER", 5))["questions"][0]["mean"] == 4.0


async def test_a_bank_of_questions_and_forms_with_versions(ministry: Office) -> None:
    question = {"key": "points", "kind": "NUMBER", "th": "คะแนนสอบ", "least": 0, "most": 20}
    assert (await ministry.done("POST", "/questions", json=question))["version"] == 1
    assert (await ministry.done("POST", "/questions", json=question | {"most": 50}))["version"] == 2
    assert await ministry.refused("POST", "/questions", json=question | {"most": 0}) == (422, "range-needed")
    listed = (await ministry.done("GET", "/questions"))["items"]
    keys = [one["key"] for one in listed]
    assert keys == sorted(keys)
    assert {(one["key"], one["version"], one["most"]) for one in listed} >= {("points", 2, 50), ("overall", 1, None)}

    form = {"key": "EXAM", "kind": "PRE", "th": "แบบทดสอบ", "questions": [{"question": "points"}], "measure": "points"}
    made = await ministry.done("POST", "/forms", json=form)
    assert (made["version"], made["questions"][0]["most"]) == (1, 50)
    assert await ministry.refused("POST", "/forms", json=form | {"kind": "POST"}) == (422, "form-of-other-kind")
    unknown = form | {"questions": [{"question": "nothing"}]}
    assert await ministry.refused("POST", "/forms", json=unknown) == (422, "question-not-in-bank")
    page = await ministry.done("GET", "/forms", params={"limit": "2"})
    assert [one["key"] for one in page["items"]] == ["EXAM", "POST"]


async def test_what_a_run_asks_is_chosen_before_the_first_answer(ministry: Office, people: list[str]) -> None:
    question = {"key": "marks", "kind": "NUMBER", "th": "คะแนนสอบ", "least": 0, "most": 50}
    await ministry.done("POST", "/questions", json=question)
    form = {"key": "MARKS", "kind": "PRE", "th": "แบบทดสอบ", "questions": [{"question": "marks"}], "measure": "marks"}
    await ministry.done("POST", "/forms", json=form)
    run = await asking(ministry, people[:6])
    chosen = {"formKey": "MARKS", "formVersion": 1, "closesAt": "2048-12-31T00:00:00+07:00"}
    read = await run.driver.done("PUT", "/forms/PRE", json=chosen)
    assert (read["formKey"], read["version"], read["closesAt"]) == ("MARKS", 1, chosen["closesAt"])
    await run.at(AFTER)
    await run.answer("PRE", people[0], {"marks": 50})
    other = {"formKey": "PRE", "formVersion": 1}
    put: dict[str, Any] = {"headers": {"if-match": '"1"'}, "method": "PUT", "path": f"/runs/{run.driver.run}/forms/PRE"}
    assert await ministry.refused(**put, json=other) == (409, "form-in-use")
    assert await ministry.refused(**put, json=chosen | {"formVersion": 9}) == (422, "unknown-form-version")
    stale = put | {"headers": {"if-match": '"0"'}}
    assert await ministry.refused(**stale, json=chosen) == (412, "changed-since")
    assert await ministry.refused(**put, json={"opensAt": AFTER, "closesAt": BEFORE}) == (422, "window-backwards")
    assert (await run.driver.done("PUT", "/forms/PRE", json={"closesAt": LATER}))["version"] == 2


async def test_a_programme_asks_what_it_names(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6], forms=["REACTION"])
    assert [row["form"] for row in (await run.driver.done("GET", "/forms"))["items"]] == ["REACTION"]
    read = await run.driver.done("GET", "")
    assert read["forms"] == ["REACTION"]
    await run.at(AFTER)
    assert await run.refused("POST", people[0], {"knowledge": 3}) == (404, "unknown-form")
    assert await ministry.refused("GET", "/runs/nothing/forms") == (404, "not-found")


async def test_nothing_that_is_stored_leads_from_an_answer_to_a_person(ministry: Office, people: list[str]) -> None:
    """While it is held and when it is told: no collection but that of who has answered names the person; what was said
    stands nowhere in the clear; and no digest, sequence or mark of the request is left."""
    run = await asking(ministry, people[:7])
    await run.at(AFTER)
    before = await everything(ministry)
    marked = "ข้อความที่ไม่มีใครรู้ว่าของใคร"
    for number, person in enumerate(people[:5]):
        key = {"idempotency-key": f"anonymous-{run.driver.run}-{number}"}
        said = {"overall": 1 + number, "remarks": f"{marked} {number}"}
        await run.send("REACTION", person, said, headers=key)
    held = news(before, await everything(ministry))
    assert {name for name, text in held if marked in text} == set(), "sealed while it is held"
    assert {name for name, text in held if any(person in text for person in people)} == {"evaluation_respondents"}
    commands = [text for name, text in held if name == "commands"]
    assert len(commands) == 5
    assert len({one.partition("fingerprint")[2].partition(",")[0] for one in commands}) == 1, "no digest of a body"

    await run.released("REACTION", 5)
    told = news(before, await everything(ministry))
    assert {name for name, text in told if marked in text} == {"evaluation_texts"}
    assert {name for name, text in told if any(person in text for person in people)} == {"evaluation_respondents"}
    event = next(text for name, text in told if name == "outbox" and "answers-released" in text)
    assert not any(word in event for word in ("correlationid", "causationid", "traceparent", "receipt"))
    rows = [text for name, text in told if name == "evaluation_texts"]
    assert all(set(row) == {"_id", "evaluation", "question", "text"} for row in await texts_stored(ministry, run))
    assert len(rows) == 5


async def everything(office: Office) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for name in await office.db.list_collection_names():
        async for row in office.db[name].find({}):
            found[name, str(row["_id"])] = repr(row)
    return found


def news(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """But for who is asked to answer, which comes of the time and not of an answer."""
    changed = [(key[0], text) for key, text in after.items() if before.get(key) != text and key[0][:7] != "outbox_"]
    return [(name, text) for name, text in changed if BY_TIME not in text]


async def texts_stored(office: Office, run: Asking) -> list[Document]:
    query = {"evaluation": f"{run.driver.run}:REACTION"}
    rows: list[Document] = await office.db["evaluation_texts"].find(query).to_list(None)
    return rows


async def test_who_is_erased_leaves_sums_and_no_answers(ministry: Office) -> None:
    crowd = await staff(ministry, "PO-51.HR", 6)
    run = await asking(ministry, crowd, unit="PO-51")
    await run.at(BEFORE)
    for person in crowd:
        await run.answer("PRE", person, {"knowledge": 3})
    await run.released("PRE", 6)
    await run.at(AFTER)
    draft: dict[str, Any] = {"json": {"answers": {"knowledge": 2}}, "role": Role.LEARNER, "person": crowd[0]}
    await run.driver.done("PUT", "/forms/POST/draft", headers={"if-match": '"0"'}, **draft)
    await ministry.ask("DELETE", f"/people/{crowd[0]}/contact", Role.HR_OFFICER)

    async def gone() -> bool:
        query = {"person": crowd[0]}
        left = [await ministry.db[name].count_documents(query) for name in ("evaluation_answers", "evaluation_drafts")]
        return left == [0, 0]

    await until(gone)
    assert (await run.results("PRE"))["questions"][0]["answers"] == 6
    assert await ministry.db["evaluation_respondents"].count_documents({"person": crowd[0]}) == 1


async def test_drafts_of_a_form_that_nobody_answers_end_with_it(ministry: Office, people: list[str]) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    draft: dict[str, Any] = {"json": {"answers": {"overall": 2}}, "role": Role.LEARNER, "person": people[0]}
    await run.driver.done("PUT", "/forms/REACTION/draft", headers={"if-match": '"0"'}, **draft)
    await run.at(OVER)

    async def gone() -> bool:
        return not await ministry.db["evaluation_drafts"].count_documents({"person": people[0]})

    await until(gone, 30)


async def test_what_is_sealed_goes_over_to_a_new_key(
    ministry: Office, standing_settings: EnrolmentSettings, issuer: Issuer, people: list[str]
) -> None:
    run = await asking(ministry, people[:6])
    await run.at(AFTER)
    await run.answer("REACTION", people[0], {"overall": 2})
    draft: dict[str, Any] = {"json": {"answers": {"overall": 4}}, "role": Role.LEARNER, "person": people[1]}
    await run.driver.done("PUT", "/forms/REACTION/draft", headers={"if-match": '"0"'}, **draft)
    both = f"{new_key_ring('newer')},{standing_settings.contact_keys}"
    settings = standing_settings.model_copy(update={"contact_keys": both, "instance": "newer"})
    async with serving(settings, issuer) as newer:
        query = {"evaluation": f"{run.driver.run}:REACTION", "key_id": "newer"}

        async def over() -> bool:
            held = {"_id": f"{run.driver.run}:REACTION", "pool.key_id": "newer"}
            there = [await newer.db["evaluations"].count_documents(held)]
            return [*there, await newer.db["evaluation_drafts"].count_documents(query)] == [1, 1]

        await until(over, 30)
        mine: dict[str, Any] = {"role": Role.LEARNER, "person": people[1]}
        read = await newer.done("GET", f"/runs/{run.driver.run}/forms/REACTION/draft", **mine)
        assert read["answers"] == {"overall": 4}
