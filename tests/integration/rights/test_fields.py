"""Every field of every answer, for every role, at the own unit, another and the centre, as oneself and somebody else:
who sees it is in the table, and nobody else does."""

from collections.abc import AsyncIterator
from fnmatch import fnmatch
from typing import Final

import httpx
from jsonschema_rs import validator_for

from pattana.disclosure import ANSWERS, Answer, Reach, Who
from services import SERVICES
from shared.rights import Role
from tests.integration.rights.judging import is_problem, leaves, mistakes
from tests.integration.rights.world import Seen, World
from tests.support.fuzzing import closed
from tests.support.schemas import answer_of

# What this ministry has none of, and where it is tried.
RARE: Final = {
    "unit*: *email": "no office has an address in the bundled data",
    "unit*: *validTo": "no unit has been dissolved in the bundled data",
    "*buckets: *growingTo": "more wait than one transaction may seat: test_seats_waiting.py",
    "contacts sealed again: next": "more people than one page has: test_keys.py",
    "rebuild: next.*": "how far it is, and what is wrong: test_rebuild.py, test_releases.py",
    "security log: *client": "an address that only a gateway tells: test_security_log.py",
    "message*: *code": "what a mail server refuses: test_delivery.py",
}


async def test_nobody_sees_a_field_that_is_not_theirs(world: World, answers: list[Seen]) -> None:
    wrong = [mistake for seen in answers for mistake in mistakes(seen, world.owners)]
    assert not wrong, "\n".join(sorted(set(wrong)))


async def test_the_table_promises_nothing_that_is_not_kept(world: World, answers: list[Seen]) -> None:
    """Every field of it was seen, and in what is read by every role that it names."""
    told: dict[tuple[str, str], set[Role]] = {}
    for seen in answers:
        for leaf in () if is_problem(seen.body) else leaves(seen.body, world.owners, seen.owner):
            for answer in ANSWERS:
                if seen.route in answer.routes and leaf.path in answer.fields:
                    told.setdefault((answer.name, leaf.path), set()).add(seen.caller.role)
    missing = []
    for answer in ANSWERS:
        for path, who in answer.fields.items() if answer.routes else ():
            seen_by = told.get((answer.name, path), set())
            if not any(fnmatch(f"{answer.name}: {path}", rare) for rare in RARE):
                missing += [f"{answer.name}: {path} to {role}" for role in _promised(answer, path, who) - seen_by]
                missing += [] if seen_by else [f"{answer.name}: {path} to anybody"]
    assert not missing, "\n".join(missing)


def _promised(answer: Answer, path: str, who: Who) -> set[Role]:
    """Who must have seen it: of what is read, all but those who see their own only, or a page that ends."""
    if path == "next" or not all(route.startswith("GET ") for route in answer.routes):
        return set()
    return {role for role, reach in who.items() if reach not in (Reach.NONE, Reach.OWN)}


async def test_every_answer_is_as_the_document_says(world: World, answers: list[Seen]) -> None:
    """With no field that it does not describe."""
    documents = [closed((await world.http.get(f"/api/{service}/openapi.json")).json()) for service in SERVICES]
    judges = {
        f"{method.upper()} {path}": [
            validator_for({**schema, "components": document["components"]})
            for schema in answer_of(document, f"{method.upper()} {path}")
        ]
        for document in documents
        for path, methods in document["paths"].items()
        for method in methods
    }
    wrong = {
        f"{seen.route}: {seen.body}"
        for seen in answers
        if not is_problem(seen.body) and not any(judge.is_valid(seen.body) for judge in judges[seen.route])
    }
    assert not wrong, "\n".join(sorted(wrong)[:10])


async def test_every_route_is_in_the_table_and_was_asked(world: World, answers: list[Seen]) -> None:
    described = {route async for route in _routes(world.http)}
    assert described == {route for answer in ANSWERS for route in answer.routes}
    assert described == {seen.route for seen in answers}


async def _routes(http: httpx.AsyncClient) -> AsyncIterator[str]:
    for service in SERVICES:
        document = (await http.get(f"/api/{service}/openapi.json")).json()
        for path, methods in document["paths"].items():
            if path.startswith("/api/"):
                for method in methods:
                    yield f"{method.upper()} {path}"
