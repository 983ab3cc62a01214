"""Every question that can be asked of the three services, about everything that there is in the ministry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from shared.certificate_links import PATH as LINKS
from shared.rights import Role
from tests.integration.rights.attending import device_of, of_attendance
from tests.integration.rights.bodies import PERSONNEL
from tests.integration.rights.drawing import of_papers
from tests.integration.rights.following_up import of_follow_up
from tests.integration.rights.grouping import of_groups
from tests.integration.rights.planning import of_plans
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
    OTHER_SUPERVISORS,
    RUN,
    SUPERVISOR,
    YALA,
    Caller,
    Owner,
    World,
)

REPORTS: Final = "/api/reporting"
MESSAGES: Final = "/api/notification"
PROGRAMMES: Final = ("open", "large", "draft", "given-up", "released")
PEOPLE: Final = ("anan", "busaba", "chai", "dao", "ek", "yai", "pat", "dam")  # in every state
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


@dataclass(frozen=True)
class Asked:
    """What somebody got."""

    caller: Caller
    question: Question
    answer: httpx.Response


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
        OTHER_SUPERVISORS[YALA],
        OTHER_SUPERVISORS[DAMRONG],
        *(world.learner(name) for name in ("anan", "dao", "ek", "yai", "pat")),
        world.deputy(),
        OBSERVER,
        OPERATOR,
        MACHINE,
        device_of(world),
    ]


def questions(world: World) -> Iterator[Question]:
    yield from _of_the_directory(world)
    for name in PROGRAMMES:
        yield from _of_a_programme(world, name)
    yield from _of_reports(world)
    yield from _of_messages(world)
    yield from _of_evaluation(world)
    yield from _of_certificates(world)
    for route, params, query in (*of_attendance(world), *of_follow_up(world), *of_plans(world)):
        yield Question(route, params, query)
    for route, params, query, owner in of_papers(world):
        yield Question(route, params, query, owner)
    for route, params, query in of_groups(world):
        yield Question(route, params, query)
    for limit in (1, 500):
        yield Question(f"{API}/delegations", query={"limit": limit})
    for step in ("SUPERVISOR", "ORGANISER"):
        asked = {"run": world.made["open-run"], "step": step}
        yield Question(f"{API}/delegations/{{delegation}}/nominations", {"delegation": world.made["delegation"]}, asked)


def _of_evaluation(world: World) -> Iterator[Question]:
    for limit in (1, 500):
        yield Question(f"{API}/questions", query={"limit": limit})
        yield Question(f"{API}/forms", query={"limit": limit})
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": world.made["asked-run"]})
    for name in ("asked", "open", "draft"):
        run = {"run": world.made[f"{name}-run"]}
        yield Question(f"{RUN}/forms", run)
        yield Question(f"{RUN}/gains", run)
        yield Question(f"{RUN}/gains", run, {"limit": 1})
        for form in ("PRE", "POST", "REACTION"):
            one = {**run, "form": form}
            yield Question(f"{RUN}/forms/{{form}}", one)
            yield Question(f"{RUN}/forms/{{form}}/results", one)
            yield Question(f"{RUN}/forms/{{form}}/draft", one)
            yield Question(f"{RUN}/forms/{{form}}/texts", one, {"question": "remarks"})


def _of_the_directory(world: World) -> Iterator[Question]:
    for limit in (1, 500):
        yield Question(f"{API}/units", query={"limit": limit})
    yield Question(f"{API}/reference")
    for unit in (CHIANG_MAI, f"{CHIANG_MAI}.HR", "PO-38", PERSONNEL):
        yield Question(f"{API}/units/{{key}}", {"key": unit})
    for query in ({}, {"limit": 1}, {"unit": YALA}, {"name": "yai"}, {"q": "yai"}, {"q": "ย", "sort": "-name"}):
        yield Question(f"{API}/people", query=query)
    for query in ({}, {"limit": 1}, {"unit": YALA}, {"post": "PROV_HEAD"}, {"on": "2020-01-01"}):
        yield Question(f"{API}/posts", query=query)
    yield Question(f"{API}/posts/{{holding}}", {"holding": world.made["holding"]})
    for name in ("anan", "head", "yai", "pat"):
        yield Question(f"{API}/people/{{person}}", {"person": world.people[name]})
    for name in ("anan", "yai", "pat"):
        mine: Any = ({"person": world.people[name]}, {}, world.person(name))
        for service in (API, REPORTS, MESSAGES):
            yield Question(f"{service}/people/{{person}}/export", *mine)
    yield Question(f"{API}/people/{{person}}/export/pdf", *mine)


def _of_a_programme(world: World, name: str) -> Iterator[Question]:
    programme, run = world.made[name], world.made[f"{name}-run"]
    owner = world.owners[programme]
    yield Question(f"{API}/programmes/{{programme}}", {"programme": programme}, owner=owner)
    for path in (RUN, f"{RUN}/buckets"):
        yield Question(path, {"run": run}, owner=owner)
    for query in ({"limit": 1}, {"limit": 500}, {"unit": YALA}, {"bucketUnit": "OPS"}, {"q": "yai"}):
        yield Question(f"{RUN}/nominations", {"run": run}, query)
    for limit in (1, 500):
        yield Question(f"{RUN}/clashes", {"run": run}, {"limit": limit}, owner)
    for query in ({"limit": 1}, {"limit": 500}):
        yield Question(f"{RUN}/releases", {"run": run}, query)
    for person in PEOPLE if name == "open" else PEOPLE[:1]:
        one = {"run": run, "id": world.nominations[person]}
        yield Question(f"{RUN}/nominations/{{id}}", one)
        yield Question(f"{RUN}/nominations/{{id}}/standing", one)
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": run}, owner=owner)
    yield Question(f"{REPORTS}/programmes/{{programme}}", {"programme": programme}, owner=owner)
    for by in BREAKDOWNS if name == "large" else BREAKDOWNS[:1]:
        yield Question(f"{REPORTS}/coverage", query={"by": by, "run": run})
    yield Question(f"{REPORTS}/coverage", query={"by": "run", "programme": programme})
    for path in ("messages", "messages/counts", "reminders"):
        yield Question(f"{MESSAGES}/{path}", query={"run": run})


def _of_reports(world: World) -> Iterator[Question]:
    heads = {"run": world.made["heads-run"]}
    yield Question(f"{REPORTS}/runs/{{run}}", heads)
    for query in ({}, {"limit": 1}):
        yield Question(f"{RUN}/ex-officio", heads, query)
        yield Question(f"{RUN}/nominations", heads, query)
    yield Question(f"{RUN}/nominations/{{id}}", {**heads, "id": world.nominations["head"]})
    yield Question(f"{API}/programmes", query={"limit": 500})
    yield Question(f"{API}/programmes", query={"limit": 1})
    yield Question(f"{API}/programmes", query={"q": "โครงการ"})
    for limit in (1, 500):
        yield Question(f"{API}/runs", query={"limit": limit})
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": world.made["clear-run"]})
    yield Question(f"{REPORTS}/runs", query={"limit": 500})
    yield Question(f"{REPORTS}/runs", query={"limit": 1})
    for by in BREAKDOWNS:
        yield Question(f"{REPORTS}/coverage", query={"by": by})
    for by in ("province", "group", "region", "run", "deliverable"):
        yield Question(f"{REPORTS}/follow-ups", query={"by": by, "run": world.made["certified-run"]})
    yield Question(f"{REPORTS}/follow-ups")
    yield Question(f"{REPORTS}/runs/{{run}}", {"run": world.made["certified-run"]})
    yield Question(f"{REPORTS}/people/me", query={"limit": 1})
    for service in (REPORTS, MESSAGES):
        yield Question(f"{service}/rebuild")
    yield Question(f"{MESSAGES}/contact-keys")
    for service in (API, REPORTS, MESSAGES):
        for limit in (1, 500):
            yield Question(f"{service}/security-log", query={"limit": limit})


def _of_certificates(world: World) -> Iterator[Question]:
    run = {"run": world.made["certified-run"]}
    for query in ({}, {"limit": 1}):
        yield Question(f"{RUN}/certificates", run, query)
    yield Question(f"{RUN}/certificates/issue", run)
    yield Question(f"{REPORTS}/runs/{{run}}", run)
    for name in ("fah", "hom", "ying"):
        one = {**run, "id": world.made[f"certificate-{name}"]}
        yield Question(f"{RUN}/certificates/{{id}}", one)
        yield Question(f"{API}/certificates/{{code}}", {"code": world.made[f"code-{name}"]})
    yield Question(f"{RUN}/certificates/{{id}}/pdf", one)
    yield Question(f"{RUN}/certificates/{{id}}", {**run, "id": world.made["reissue-hom"]})
    yield Question(f"{API}/certificates/{{code}}/badge", {"code": world.made["code-ying"]})
    yield Question(f"{LINKS}/{{token}}", {"token": world.made["link-ying"]})


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
