"""Every question that can be asked of the three services, about everything that there is in the ministry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from shared.rights import Role
from tests.integration.rights.bodies import PERSONNEL
from tests.integration.rights.world import (
    API,
    CHIANG_MAI,
    DAMRONG,
    EXECUTIVE,
    HR,
    MACHINE,
    NOBODY,
    OBSERVER,
    OFFICE,
    OPERATOR,
    OTHER_OFFICE,
    RUN,
    SUPERVISOR,
    YALA,
    Caller,
    Owner,
    World,
)

REPORTS: Final = "/api/reporting"
MESSAGES: Final = "/api/notification"
PROGRAMMES: Final = ("open", "large", "draft", "given-up")
PEOPLE: Final = ("anan", "busaba", "dao", "ek", "yai", "pat", "dam")  # in every state
BREAKDOWNS: Final = ("province", "group", "region", "unit", "run", "programme", "fiscalYear")


@dataclass(frozen=True)
class Question:
    """A GET route, what stands in its braces, its query, and whose the answer is as a whole."""

    route: str
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    owner: Owner = NOBODY

    def __str__(self) -> str:
        return f"{self.route} {self.params or ''} {self.query or ''}"


async def ask(world: World, caller: Caller, question: Question, **params: str) -> httpx.Response:
    """With `params` in place of the question's own."""
    query, params = question.query, question.params | params
    return await world.ask("GET", question.route, caller, of=question.owner, params=query, **params)


def callers(world: World) -> list[Caller]:
    """Every role, at the own unit, another, the centre; as oneself, and as somebody else."""
    return [
        HR,
        EXECUTIVE,
        OFFICE,
        OTHER_OFFICE,
        Caller(Role.PROVINCIAL_HR, PERSONNEL),
        Caller(Role.PROVINCIAL_HR),
        SUPERVISOR,
        Caller(Role.SUPERVISOR, CHIANG_MAI, "head-50"),
        Caller(Role.SUPERVISOR, YALA, "supervisor-95"),
        Caller(Role.SUPERVISOR, DAMRONG, "supervisor-dri"),
        *(world.learner(name) for name in ("anan", "dao", "ek", "head", "yai", "pat")),
        OBSERVER,
        OPERATOR,
        MACHINE,
    ]


def questions(world: World) -> Iterator[Question]:
    yield from _of_the_directory(world)
    for name in PROGRAMMES:
        yield from _of_a_programme(world, name)
    yield from _of_reports(world)
    yield from _of_messages(world)


def _of_the_directory(world: World) -> Iterator[Question]:
    for limit in (1, 500):
        yield Question(f"{API}/units", query={"limit": limit})
    yield Question(f"{API}/reference")
    for unit in (CHIANG_MAI, f"{CHIANG_MAI}.HR", "PO-38", PERSONNEL):
        yield Question(f"{API}/units/{{key}}", {"key": unit})
    for query in ({}, {"limit": 1}, {"unit": YALA}, {"name": "yai"}):
        yield Question(f"{API}/people", query=query)
    for name in ("anan", "head", "yai", "pat"):
        yield Question(f"{API}/people/{{person}}", {"person": world.people[name]})


def _of_a_programme(world: World, name: str) -> Iterator[Question]:
    programme, run = world.made[name], world.made[f"{name}-run"]
    owner = world.owners[programme]
    yield Question(f"{API}/programmes/{{programme}}", {"programme": programme}, owner=owner)
    for path in (RUN, f"{RUN}/buckets"):
        yield Question(path, {"run": run}, owner=owner)
    for query in ({"limit": 1}, {"limit": 500}, {"unit": YALA}, {"bucketUnit": "OPS"}):
        yield Question(f"{RUN}/nominations", {"run": run}, query)
    for person in PEOPLE if name == "open" else PEOPLE[:1]:
        yield Question(f"{RUN}/nominations/{{id}}", {"run": run, "id": world.nominations[person]})
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": run}, owner=owner)
    yield Question(f"{REPORTS}/programmes/{{programme}}", {"programme": programme}, owner=owner)
    for by in BREAKDOWNS if name == "large" else BREAKDOWNS[:1]:
        yield Question(f"{REPORTS}/coverage", query={"by": by, "run": run})
    yield Question(f"{REPORTS}/coverage", query={"by": "run", "programme": programme})
    for path in ("messages", "messages/counts", "reminders"):
        yield Question(f"{MESSAGES}/{path}", query={"run": run})


def _of_reports(world: World) -> Iterator[Question]:
    yield Question(f"{API}/programmes", query={"limit": 500})
    yield Question(f"{API}/programmes", query={"limit": 1})
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": world.made["clear-run"]})
    yield Question(f"{REPORTS}/runs", query={"limit": 500})
    yield Question(f"{REPORTS}/runs", query={"limit": 1})
    for by in BREAKDOWNS:
        yield Question(f"{REPORTS}/coverage", query={"by": by})
    yield Question(f"{REPORTS}/people/me", query={"limit": 1})
    for service in (REPORTS, MESSAGES):
        yield Question(f"{service}/rebuild")
    yield Question(f"{MESSAGES}/contact-keys")
    for service in (API, REPORTS, MESSAGES):
        for limit in (1, 500):
            yield Question(f"{service}/security-log", query={"limit": limit})


def _of_messages(world: World) -> Iterator[Question]:
    narrowed: list[dict[str, Any]] = [{}, {"limit": 1}, {"state": "FAILED"}, {"kind": "CONFIRMED"}]
    recipients = [world.people["anan"], world.people["yai"], YALA, "OPS"]
    narrowed += [{"recipient": one} for one in recipients]
    for query in narrowed:
        yield Question(f"{MESSAGES}/messages", query=query)
    yield Question(f"{MESSAGES}/messages/counts")
    yield Question(f"{MESSAGES}/reminders", query={"run": world.made["rest-run"]})
    for recipient in (*recipients, world.people["gaew"]):
        message = world.messages[recipient]
        yield Question(f"{MESSAGES}/messages/{{message}}", {"message": message})
    for limit in (1, 500):
        yield Question(f"{MESSAGES}/inbox", query={"limit": limit})
