"""What is outside somebody's scope is as if it were not there: an id of it finds what no id finds, and whatever happens
to it changes no answer, no number, no moment and no cursor that they get."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx

from shared.ids import new_id
from shared.rights import Role
from tests.integration.rights.asking import Asked, Question, ask, questions
from tests.integration.rights.bodies import PERSONNEL
from tests.integration.rights.world import (
    API,
    DAMRONG,
    HR,
    OBSERVER,
    OFFICE,
    OTHER_OFFICE,
    OTHER_SUPERVISORS,
    RUN,
    SECOND_HR,
    SUPERVISOR,
    YALA,
    Caller,
    Seen,
    World,
)

# How far the log has been read, and when an answer was made; of no run, unit or person.
OF_THE_SYSTEM: Final = ("readAt", "eventsBehind", "lag", "madeAt")
WORDS: Final = ("form", "deliverable")  # that stand in a path, and are no ids
NOMINATIONS: Final = f"{RUN}/nominations"
INBOX: Final = "/api/notification/inbox/{message}/read"


def without_ids(answer: httpx.Response, ids: Sequence[str]) -> tuple[int, str]:
    """A refusal as it is, but for what was sent and the reference."""
    body = answer.text.replace(str(answer.json().get("correlationId")), "-")
    for id in ids:
        body = body.replace(id, "?")
    return answer.status_code, body


async def test_an_id_out_of_scope_finds_what_no_id_finds(world: World, asked: list[Asked]) -> None:
    differing = []
    hidden = [one for one in asked if one.question.params and one.answer.status_code == 404]
    assert hidden
    for one in hidden:
        question, found = one.question, one.answer
        unknown = {name: new_id() for name in question.params if name not in WORDS}
        nothing = await ask(world, one.caller, question, **unknown)
        ids = [question.params[name] for name in unknown]
        if without_ids(found, ids) != without_ids(nothing, list(unknown.values())):
            differing.append(f"{one.caller} {question}: {found.text} and {nothing.text}")
    assert not differing, "\n".join(differing)


def foreign(world: World) -> Iterator[tuple[Caller, str, dict[str, Any], dict[str, Any]]]:
    """Commands with ids that their callers may not know: who, route, what stands in its braces, body."""
    run: dict[str, Any] = {"run": world.made["open-run"]}
    nominations, people = world.nominations, world.people
    learner = world.learner("anan")
    for person in ("yai", "pat"):
        yield OFFICE, NOMINATIONS, run, {"person": people[person]}
        yield OFFICE, f"{NOMINATIONS}/{{id}}/substitute", run | {"id": nominations["ek"]}, {"person": people[person]}
        theirs = run | {"id": nominations[person]}
        yield OFFICE, f"{NOMINATIONS}/{{id}}/substitute", theirs, {"person": people["hom"]}
        for who, actions in (
            (OFFICE, ("withdraw", "approve", "reject")),
            (SUPERVISOR, ("approve", "reject")),
            (learner, ("withdraw",)),
        ):
            for action in actions:
                yield who, f"{NOMINATIONS}/{{id}}/{action}", theirs, {}
                yield who, f"{NOMINATIONS}/{action}", run, {"ids": [nominations[person]]}
        yield OFFICE, NOMINATIONS, run, {"nominations": [{"person": people[person]}]}
        for who in (OFFICE, learner, SUPERVISOR):
            yield who, INBOX, {"message": world.messages[people[person]]}, {}
    for draft in ("draft-run", "given-up-run"):
        hidden = {"run": world.made[draft]}
        yield OFFICE, NOMINATIONS, hidden, {"person": people["hom"]}
        yield learner, f"{RUN}/applications", hidden, {}
        for who, action in ((OFFICE, "withdraw"), (SUPERVISOR, "approve"), (learner, "withdraw")):
            yield who, f"{NOMINATIONS}/{{id}}/{action}", hidden | {"id": nominations["ek"]}, {}


async def test_a_command_about_what_is_out_of_scope_finds_nothing(world: World) -> None:
    own = {world.made["open-run"], *(world.nominations[name] for name in ("ek",)), world.people["hom"]}
    for caller, route, params, body in foreign(world):
        ids = [*params.values(), *_ids_in(body)]
        unknown = {id: id if id in own else new_id() for id in ids}
        sent = _replaced(body, unknown)
        refused = await world.ask("POST", route, caller, json=body, **params)
        nowhere: dict[str, Any] = {name: unknown[id] for name, id in params.items()}
        nothing = await world.ask("POST", route, caller, json=sent, **nowhere)
        assert without_ids(refused, ids) == without_ids(nothing, list(unknown.values())), f"{caller} {route}"
        rows = refused.json().get("results", [{"status": refused.status_code}])
        assert [row["status"] for row in rows] == [404], f"{caller} {route}: {refused.text}"
        assert "PO-95" not in refused.text
        assert PERSONNEL not in refused.text


def _ids_in(body: Any) -> list[str]:
    if isinstance(body, str):
        return [body]
    values = body.values() if isinstance(body, dict) else body
    return [id for value in values for id in _ids_in(value)]


def _replaced(body: Any, by: dict[str, str]) -> Any:
    if isinstance(body, str):
        return by[body]
    if isinstance(body, dict):
        return {name: _replaced(value, by) for name, value in body.items()}
    return [_replaced(value, by) for value in body]


async def test_what_happens_out_of_scope_changes_no_answer(world: World, answers: list[Seen]) -> None:
    """Next door, in other units of the pool, and in drafts: seats are taken, left and waited for, messages are sent."""
    near = [
        OFFICE,
        SUPERVISOR,
        Caller(Role.SUPERVISOR, "PO-50", "head-50"),
        Caller(Role.PROVINCIAL_HR, PERSONNEL),
        *(world.learner(name) for name in ("anan", "ek", "pat", "pim")),
        OBSERVER,
        Caller(Role.INTEGRATION),
    ]
    asked = list(questions(world))
    before = [await _told(world, caller, question) for caller in near for question in asked]
    await _happen(world)
    after = [await _told(world, caller, question) for caller in near for question in asked]

    changed = [f"{was}\n  then {now}" for was, now in zip(before, after, strict=True) if was != now]
    assert not changed, "\n".join(changed)


async def _happen(world: World) -> None:
    positions = []
    for who, action, person in (
        (OTHER_OFFICE, "withdraw", "yai"),  # who waits moves up
        (OTHER_SUPERVISORS[DAMRONG], "reject", "dam"),
    ):
        params: dict[str, Any] = {"run": world.made["open-run"], "id": world.nominations[person]}
        answer = await world.ask("POST", f"{NOMINATIONS}/{{id}}/{action}", who, json={"reason": "ติดราชการ"}, **params)
        positions.append(answer.headers["pattana-position"])
    for who, unit, person in ((OTHER_OFFICE, YALA, "yim"), (HR, DAMRONG, "dam")):
        sent = {"person": world.people[person]}
        run: dict[str, Any] = {"run": world.made["open-run"]}
        made = (await world.ask("POST", NOMINATIONS, who, json=sent, **run)).json()
        path = f"{NOMINATIONS}/{{id}}/approve"
        await world.ask("POST", path, OTHER_SUPERVISORS[unit], json={}, id=made["id"], **run)
        answer = await world.ask("POST", path, SECOND_HR, json={}, id=made["id"], **run)
        assert answer.json()["state"] == "WAITLISTED", answer.text
        positions.append(answer.headers["pattana-position"])
    await world.allocate("draft", PO_50=2, OPS=1)
    await world.draft("another")
    cancelled: dict[str, Any] = {"programme": world.made["another"]}
    answer = await world.ask("POST", f"{API}/programmes/{{programme}}/cancel", HR, json={}, **cancelled)
    positions.append(answer.headers["pattana-position"])
    for path in ("/api/reporting/runs", "/api/notification/messages"):
        (await world.ask("GET", path, HR, params={"after": positions})).raise_for_status()


async def _told(world: World, caller: Caller, question: Question) -> str:
    answer = await ask(world, caller, question)
    headers = {name: answer.headers[name] for name in ("etag", "pattana-position") if name in answer.headers}
    if not answer.headers["content-type"].partition(";")[0].endswith("json"):
        text = "" if question.route.endswith("/export/pdf") else answer.text  # which says when it was made
        return f"{caller} {question}: {answer.status_code} {headers} {text}"
    body = answer.json()
    if question.route.endswith("/export") and answer.is_success:  # that it was asked for is told the next time
        body["kinds"] = [kind for kind in body["kinds"] if kind["kind"] != "acts"]
    body.pop("correlationId", None)
    for name in OF_THE_SYSTEM:
        body.pop(name, None)
        body.get("asOf", {}).pop(name, None)
    return f"{caller} {question}: {answer.status_code} {headers} {body}"
