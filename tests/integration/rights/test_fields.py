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
    "*: *offeredUntil": "no programme here has a pool that offers seats: test_offers.py",
    "*: *offerHours": "the same",
    "*: *prerequisites*": "no programme here asks for certificates of another course: test_checks_of_the_past.py",
    "run changed: release*": "the run that is released tells its own day where it is read",
    "run moved: release*": "the same",
    "move previewed: run.release*": "the same",
    "draft run: release*": "the same",
    "programme reopened: *releaseAt": "the same",
    "programme reopened: *releaseOn": "the same",
    "offer answered: *": "no programme here offers seats; what is told is what any decision tells",
    "link of an offer: *": "the same; a link is for nobody's role",
    "standing of a nomination: pool*": "the same",
    "standing of a nomination: offer.*": "the same",
    "unit*: *validTo": "no unit has been dissolved in the bundled data",
    "*buckets: *growingTo": "more wait than one transaction may seat: test_seats_waiting.py",
    "*buckets: unitsWithoutPeople*": "every unit with seats has people here: test_runs.py",
    "proposed buckets: *holders": "nobody here holds a post of a group: test_allocating.py",
    "posts imported: questions*column": "what is asked is about a whole row",
    "invited ex officio: next": "more posts than one call takes: test_ex_officio.py",
    "allocated buckets: *suppressed": "nobody gives seats who may not count them",
    "nomination decided: *post": "nobody who waits here was invited ex officio: test_ex_officio.py",
    "nomination decided: *exOfficio": "the same",
    "list decided: *post": "the same",
    "list decided: *exOfficio": "the same",
    "invited ex officio: *warnings*": "what any nomination tells: test_checks_of_nominations.py",
    "invited ex officio: *waitsFor": "their programme has no route here",
    "invited ex officio: *replaces": "nobody is invited for somebody else",
    "list decided*: *notice*": "what a single one tells too",
    "invited ex officio: *notice*": "the same",
    "list decided: *warnings*": "what a single one tells too: test_checks_of_nominations.py",
    "contacts sealed again: next": "more people than one page has: test_keys.py",
    "rebuild: next.*": "how far it is, and what is wrong: test_rebuild.py, test_releases.py",
    "security log: *client": "an address that only a gateway tells: test_security_log.py",
    "*who is away: *replaces": "who takes over a seat waits for no approval",
    "*who is away: *.queue": "it tells how many compete, and is told to nobody by it",
    "*who is away: *.by": "who has decided is told to those who read nominations",
    "*who is away: *onBehalfOf": "the same",
    "nominations of who is away: *warnings*.run": "it is named to those who see the person there, too",
    "nominations of who is away: *post": "nobody who waits here was invited ex officio",
    "nominations of who is away: *exOfficio": "the same",
    "list decided for who is away: *post": "the same",
    "list decided for who is away: *exOfficio": "the same",
    "nominations of who is away: *moved*": "nobody who waits here has moved: test_moved_people.py",
    "nominations of who is away: next": "here one page is enough",
    "nominations of who is away: *decisions*": "of a later step: test_delegations.py",
    "nominations of who is away: *reason": "what waits has none yet",
    "*: *closeOutFiled*": "filed for one run, which is not read by all: test_close_outs.py",
    "report of a run: reportFiledAt": "as above: test_deadlines.py",
    "run changed: *arnings*": "nothing is judged anew: test_checks_of_runs.py",
    "run moved: clashes*": "nobody is moved into another run: test_clashes.py",
    "programme reopened: warnings*": "nothing of its runs is unwise here: test_clashes_divided.py",
    "move previewed: *clashes*": "the same",
    "move previewed: refusals*": "the same",
    "move previewed: *warnings*": "what any plan tells: test_checks_of_runs.py",
    "run: warnings*": "of a day off, in a run that is not read by all: test_checks_of_runs.py",
    "forms of a run: next": "a run has four at most",
    "texts: *": "told when a form is closed: test_evaluation.py",
    "issue of certificates: lacking*": "everybody here is due one: test_certificates.py",
    "certificate changed: replacedBy": "it is told of the one before, which is read afterwards",
    "report of plans: totals.suppressed": "no plan of a whole report is that of few here: tests/unit/reporting",
    "report of a run: headInPersonPct": "nobody came for a post here: test_plays.py",
    **dict.fromkeys(
        [f"session closed: {name}" for name in ("present", "late", "excused", "absent", "missing")],
        "they are counted while it is being closed, and asked for",
    ),
    "groups: next": "a run has so few that they are one page",
    "ranking: next": "the same",
    "deliverables*: next": "a run has so few that they are one page",
    "sessions: next": "a plan has so few that they are one page",
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
    """Who must have seen it: of what is read, all but those who see their own only or act for somebody, or a page that
    ends."""
    if path == "next" or not all(route.startswith("GET ") for route in answer.routes):
        return set()
    return {role for role, reach in who.items() if reach not in (Reach.NONE, Reach.OWN, Reach.AWAY)}


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
        if seen.body is not None
        and not is_problem(seen.body)
        and not any(judge.is_valid(seen.body) for judge in judges[seen.route])
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
