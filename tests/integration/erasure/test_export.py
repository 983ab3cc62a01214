"""What is kept of one person is told to that person, whole: as JSON and on paper, with what it is for. It comes before
the erasure (test_traces.py)."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pypdfium2
from click.testing import CliRunner

from pattana.cli import app
from shared.mongo import Database
from shared.personal.labels import FIELDS
from shared.security_log.storage import log_of
from tests.integration.erasure.conftest import BIRTH, CITIZEN, DIGITS, OFFICIAL, START, Marked
from tests.integration.erasure.features import ANONYMOUS, MARK, OF_GROUP
from tests.integration.rights.world import EXECUTIVE, HR, OFFICE, OPERATOR, SUPERVISOR, Caller
from tests.support.edition import Edition
from tests.support.waiting import until

SERVICES: Final = ("enrolment", "notification", "reporting")
# What was written about her, in the order of features.
TEXTS: Final = (
    *("pre", "first", "last", "position", "-ext", "second", "note", "approved", "rejected", "withdrawn", "substituted"),
    *("offered", "absent", "door", "came", "walk", "office", "assessed", "revoked", "evidence", "returned", "result"),
)
# Where her id stands, and which kind tells of it; or why none does.
TOLD: Final = {
    "people": "person",
    "nominations": "nominations",
    "attendees": "attendance",
    "attendance_changes": "corrections",
    "attendance_walk_ins": "walkIns",
    "group_members": "groups",
    "evaluation_answers": "answers",
    "evaluation_drafts": "drafts",
    "evaluation_respondents": "answered",
    "certificates": "certificates",
    "development_plans": "plans",
    "development_plan_texts": "planTexts",
    "follow_up_tasks": "tasks",
    "follow_up_texts": "reports",
}
NOT_TOLD: Final = {
    "outbox": "a copy: events by id",
    "commands": "a copy: answers by id, for two days",
}


def path_of(service: str, person: str, paper: str = "") -> str:
    return f"/api/{service}/people/{person}/export{paper}"


def places(part: dict[str, Any], words: Sequence[str]) -> list[str]:
    """Where an export has one of these words."""
    rows = [(kind["kind"], json.dumps(row)) for kind in part["kinds"] for row in kind["records"]]
    return [f"{kind}: {row}" for kind, row in rows if any(word in row for word in words)]


async def exported(marked: Marked, service: str, caller: Caller) -> dict[str, Any]:
    answer = await marked.ask("GET", path_of(service, marked.people["marked"]), caller)
    assert answer.is_success, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    told: dict[str, Any] = answer.json()
    return told


async def test_everything_that_was_written_about_a_person_is_told_to_her(marked: Marked) -> None:
    parts = [await exported(marked, service, marked.learner("marked")) for service in SERVICES]
    text = json.dumps(parts, ensure_ascii=False)
    missing = [word for word in (*(MARK + one for one in TEXTS), BIRTH, START) if word not in text]
    assert missing == []
    foreign = (ANONYMOUS, OF_GROUP, OFFICIAL, CITIZEN, marked.people["other"])
    assert [found for part in parts for found in places(part, foreign)] == []
    for part in parts:
        assert "2562" in part["law"]
        assert all(all(kind[name] for name in ("title", "purpose", "kept", "source")) for kind in part["kinds"])
        assert part["absent"]
    (her,) = parts[0]["kinds"][0]["records"]
    assert "".join(filter(str.isdigit, her["phone"])) == DIGITS
    labels = {name for part in parts for kind in part["kinds"] for record in kind["records"] for name in record}
    assert labels <= FIELDS.keys()
    by_hr = await exported(marked, "enrolment", HR)
    assert [kind for kind in by_hr["kinds"] if kind["kind"] != "acts"] == parts[0]["kinds"][:-1]


async def test_wherever_her_id_stands_something_tells_of_it(marked: Marked, databases: dict[str, Database]) -> None:
    store, person = databases["/pattana/enrolment"], marked.people["marked"]
    there = set()
    for name in await store.list_collection_names():
        async for row in store[name].find({}):
            if person in str(row):
                there.add(name)
                break
    assert there == TOLD.keys() | NOT_TOLD.keys()
    kinds = {kind["kind"]: kind["records"] for kind in (await exported(marked, "enrolment", HR))["kinds"]}
    assert [name for name, kind in TOLD.items() if not kinds[kind]] == []
    assert kinds["scans"]  # which are of a nomination


async def test_it_is_hers_and_of_who_answers_for_it_alone_and_is_noted(
    marked: Marked, databases: dict[str, Database]
) -> None:
    person = marked.people["marked"]
    for service in SERVICES:
        for caller in (SUPERVISOR, OFFICE, EXECUTIVE, marked.learner("other")):
            assert (await marked.ask("GET", path_of(service, person), caller)).status_code == 404
        assert (await marked.ask("GET", path_of(service, person), OPERATOR)).status_code == 403
        await exported(marked, service, marked.learner("marked"))
        log = log_of(databases[f"/pattana/{service}"])
        mine = {"subject": person, "object": person, "action": "export", "permission": "person.export"}
        await until(partial(log.count_documents, mine), what="the export is noted")
        assert not await log.count_documents({"object": person, "action": "export", "subject": marked.people["other"]})
    assert (await marked.ask("GET", path_of("enrolment", "nobody"), HR)).status_code == 404


async def test_it_comes_on_paper_and_by_the_command_line(marked: Marked, place: Edition, tmp_path: Path) -> None:
    person = marked.people["marked"]
    thai: dict[str, Any] = {"headers": {"accept-language": "th"}}
    answer = await marked.ask("GET", path_of("enrolment", person, "/pdf"), marked.learner("marked"), **thai)
    assert answer.headers["content-type"] == "application/pdf", answer.text
    (tmp_path / "paper.pdf").write_bytes(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    assert all(word in text for word in ("พระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล", f"{MARK}first", f"{MARK}evidence"))
    command = ["export-person", person, "--to", str(tmp_path), *place.reach()]
    result = await asyncio.to_thread(lambda: CliRunner().invoke(app, command))
    assert result.exit_code == 0, result.output
    whole = json.loads((tmp_path / f"{person}.json").read_text())
    assert [part["service"] for part in whole["services"]] == list(SERVICES)
    assert (tmp_path / f"{person}.pdf").read_bytes().startswith(b"%PDF")
    nobody = ["export-person", "nobody", "--to", str(tmp_path), *place.reach()]
    result = await asyncio.to_thread(lambda: CliRunner().invoke(app, nobody))
    assert "nobody has the id" in str(result.exception)
