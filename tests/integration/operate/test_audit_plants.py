"""Every check of the audit has defects of its own here that turn it red.

All defects of a wave are planted at once, each in a document of its own; then there is one audit, and everything is
put back. A defect is found when its check has a difference that names what was planted.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pattana.audit import verdict as verdicts
from pattana.audit.audit import audit, databases_of
from pattana.audit.projection import active_generation
from pattana.audit.verdict import CHECKS, Verdict
from services.notification.domain import Kind, message_id
from shared.events.envelope import MOST_SEQUENCE
from tests.integration.operate.attended import ATTENDED
from tests.integration.operate.certificate_plants import OF_CERTIFICATES
from tests.integration.operate.delegation_plants import OF_DELEGATIONS, delegated
from tests.integration.operate.follow_up_plants import OF_FOLLOW_UP, OF_PEOPLE
from tests.integration.operate.grouped import GROUPED
from tests.integration.operate.offer_plants import OF_LINES, OF_OFFERS
from tests.integration.operate.plants import (
    ENROLMENT,
    NOTIFICATION,
    REPORTING,
    Defect,
    Document,
    Plant,
    Stores,
    answered_by_nobody,
    applied_though_held,
    copied,
    gone,
    one_held,
    released_by_nobody,
    wrong,
)
from tests.support.edition import Edition

FAR = datetime(2100, 1, 1, tzinfo=UTC)


async def message_of_another_kind(stores: Stores) -> str:
    row = await stores.one(NOTIFICATION, "messages", {"kind": "CONFIRMED"})
    key = message_id(row["reason"], row["recipient"], Kind.WITHDRAWN)
    await stores.add(NOTIFICATION, "messages", {**row, "_id": key, "kind": "WITHDRAWN", "seq": 0, "state": "CANCELLED"})
    return f"message {key} (WITHDRAWN) was made for"


async def cell_differs(stores: Stores) -> str:
    rollup = await stores.one(REPORTING, "rollups_active", {})
    cell = next(iter(rollup["cells"]))
    cells = {**rollup["cells"], cell: {**rollup["cells"][cell], "c1": 90}}
    await stores.change(REPORTING, "rollups_active", rollup, cells=cells, programme="p-x", fiscal_year=2499, reach=[])
    return "counts 90 c1"


async def mail_twice(stores: Stores) -> str:
    there = sorted(stores.mail.glob("*.eml"))[0]
    copy = stores.mail / "twice.eml"
    copy.write_bytes(there.read_bytes())

    async def undo() -> None:
        copy.unlink()

    stores.undo.append(undo)
    return "was sent 2 times"


async def moved_unseen(stores: Stores) -> str:
    """Of a run that is still to come; that of the play is over by its own clock."""
    row = await stores.one(ENROLMENT, "nominations", {"state": "CONFIRMED"}, 2)
    person = await stores.one(ENROLMENT, "people", {"_id": row["person"]})
    run = await stores.one(ENROLMENT, "runs", {"_id": row["run"]})
    await stores.change(ENROLMENT, "people", person, unit="PO-96.HR")
    await stores.change(ENROLMENT, "runs", run, ends_at_system_time=FAR)
    return f"nomination {row['_id']} says that its person is of {row['place']['unit']}, who is of PO-96.HR"


async def seat_of_another(stores: Stores) -> str:
    """One person is counted twice, and another not at all."""
    first, second = [await stores.one(REPORTING, "nominations_active", SEATED, place) for place in (0, 1)]
    await stores.change(REPORTING, "nominations_active", first, person=second["person"])
    return f"{first['person']} counts 0 times among its people, its events say 1"


SEATED = {"state": "CONFIRMED"}
UNSEATED = {"state": {"$ne": "CONFIRMED"}}
PO50, PO95, OPS = ({"_id": {"$regex": f":{unit}$"}} for unit in ("PO-50", "PO-95", "OPS"))
TAKEN = {"at": None, "channel": "EMAIL", "outcome": "ACCEPTED", "code": None, "uncertain": False}


def of(kind: str) -> Document:
    """Messages of this kind that were sent."""
    return {"kind": kind, "state": "SENT", "attempts.uncertain": False, "attempts.0": {"$exists": True}}


DOCUMENTS = [
    Defect("bucket: free", "buckets", wrong(ENROLMENT, "buckets", PO50, "free", 1, says="{key}: free is")),
    Defect("bucket: open", "buckets", wrong(ENROLMENT, "buckets", PO95, "open", False, says="{key}: open is")),
    Defect("bucket: place", "buckets", wrong(ENROLMENT, "buckets", OPS, "place.region", "N", says="{key}: place is")),
    Defect(
        "nomination: rank", "buckets", wrong(ENROLMENT, "nominations", {}, "rank", "RESERVE", says="{key}: rank is")
    ),
    Defect(
        "nomination: place", "buckets", wrong(ENROLMENT, "nominations", {}, "place.unit", "X", 1, "{key}: place is")
    ),
    Defect("nomination missing", "buckets", gone(ENROLMENT, "nominations", {}, 2, "{key} has events in")),
    Defect("nomination too many", "buckets", copied(ENROLMENT, "nominations", {}, "n-x", state="WITHDRAWN")),
    Defect("a released seat too many", "releases", released_by_nobody),
    Defect("seats of a run", "sums", wrong(ENROLMENT, "runs", {}, "allocated", 999, says="run {key} has 999 seats")),
    Defect(
        "nomination: moved",
        "buckets",
        wrong(ENROLMENT, "nominations", UNSEATED, "present_unit", "PO-96.HR", 0, "{key} is marked as of PO-96.HR"),
    ),
    Defect("answered by nobody", "evaluations", answered_by_nobody),
    Defect("told of four", "evaluations", lambda _: said("tells or withholds a group that is too small")),
    Defect("moved unseen", "moves", moved_unseen),
    Defect("two live ones", "live", copied(ENROLMENT, "nominations", {"state": "CONFIRMED"}, "n-y")),
    Defect(
        "nominations of no bucket",
        "buckets",
        copied(
            ENROLMENT, "nominations", {}, "n-z", "no:such:bucket has 1 nom", bucket="no:such:bucket", state="REJECTED"
        ),
    ),
    Defect("programme: title", "documents", wrong(ENROLMENT, "programmes", {}, "title", "x", says="{key}: title is")),
    Defect("run: starts_at", "documents", wrong(ENROLMENT, "runs", {}, "ends_at", FAR, says="{key}: ends_at is")),
    Defect("unit: name_en", "documents", wrong(ENROLMENT, "units", {}, "name_en", "x", says="{key}: name_en is")),
    Defect("unit missing", "documents", gone(ENROLMENT, "units", {}, 1, "unit {key} has 1 events and no")),
    Defect("unit too many", "documents", copied(ENROLMENT, "units", {}, "XX", "unit XX stands at event")),
    Defect("person: level", "documents", wrong(ENROLMENT, "people", {}, "level", "X9", says="{key}: level is")),
    Defect(
        "contact behind", "documents", wrong(ENROLMENT, "people", {}, "contact_seq", 0, 1, "contact:{key} stands at")
    ),
    Defect(
        "contact ahead", "documents", wrong(ENROLMENT, "people", {}, "contact_seq", 9, 2, "contact:{key}:9 is where")
    ),
    Defect(
        "message: state",
        "documents",
        wrong(NOTIFICATION, "messages", of("PROMOTED"), "state", "FAILED", 0, "{key}: state is"),
    ),
    Defect(
        "message missing",
        "documents",
        gone(NOTIFICATION, "messages", of("WITHDRAWN"), 0, "message {key} has 1 events and no"),
    ),
    Defect("command", "commands", copied(ENROLMENT, "commands", {}, "c-x", "answered with no:1", positions=["no:1"])),
    Defect(
        "position ahead",
        "positions",
        wrong(NOTIFICATION, "positions", {"_id": {"$regex": "OPS$"}}, "seq", 99, says="OPS:99"),
    ),
    Defect(
        "position at the end of all numbers",
        "positions",
        wrong(
            NOTIFICATION,
            "positions",
            {"_id": {"$regex": "contact:"}},
            "seq",
            MOST_SEQUENCE,
            says=f"{MOST_SEQUENCE}, no outbox",
        ),
    ),
    Defect("position beyond what is held", "positions", applied_though_held),
    Defect(
        "position of nobody",
        "positions",
        copied(REPORTING, "positions", {}, "reporting.g1|/nobody|x", "follows x:1 of /nobody", seq=1),
    ),
    Defect(
        "sent twice",
        "messages",
        wrong(NOTIFICATION, "messages", of("REMINDER"), "attempts", [TAKEN, TAKEN], 0, "{key} was sent 2"),
    ),
    Defect(
        "never sent",
        "messages",
        wrong(NOTIFICATION, "messages", of("REMINDER"), "attempts", [], 1, "{key} is marked as sent"),
    ),
    Defect(
        "a second message",
        "messages",
        copied(NOTIFICATION, "messages", of("CONFIRMED"), "m-x", "message m-x to", seq=0),
    ),
    Defect("a message without a cause", "messages", message_of_another_kind),
    Defect(
        "a message for nothing",
        "messages",
        copied(NOTIFICATION, "messages", of("CONFIRMED"), "m-y", "made for no:1", reason="no:1", seq=0),
    ),
    Defect(
        "message never made",
        "requests",
        gone(NOTIFICATION, "messages", {"kind": "NOMINATION_REQUEST"}, 0, "message {key} was never"),
    ),
    Defect("mail twice", "mails", mail_twice),
    Defect("cell", "reports", cell_differs),
    Defect("programme of a report", "reports", lambda _: said("programme is 'p-x'")),
    Defect("year of a report", "reports", lambda _: said("fiscal_year is 2499")),
    Defect("reach of a report", "reports", lambda _: said("reach is []")),
    Defect("report too many", "reports", copied(REPORTING, "rollups_active", {}, "r-x", "bucket r-x, which does not")),
    Defect("row: state", "rows", wrong(REPORTING, "nominations_active", {}, "state", "X", 0, "{key}: state is")),
    Defect(
        "row: place",
        "rows",
        wrong(REPORTING, "nominations_active", {}, "place", ["x", None, None, "N"], 1, "{key}: place is"),
    ),
    Defect(
        "seat of nobody",
        "persons",
        copied(REPORTING, "nominations_active", SEATED, "n-s", "nobody counts 1 times among", person="nobody"),
    ),
    Defect("seat of another", "persons", seat_of_another),
    Defect("row missing", "rows", gone(REPORTING, "nominations_active", {}, 2, "{key} is missing")),
    Defect("row too many", "rows", copied(REPORTING, "nominations_active", {}, "n-r", "nomination n-r does not exist")),
    Defect(
        "run described wrongly",
        "descriptions",
        wrong(REPORTING, "runs_active", {}, "capacity", 99, says="{key}: capacity is"),
    ),
    Defect(
        "unit not described", "descriptions", gone(REPORTING, "units_active", {}, 3, "report of unit {key} is missing")
    ),
    Defect("unit too many", "descriptions", copied(REPORTING, "units_active", {}, "XY", "unit XY: no outbox")),
    Defect("parked", "applied", one_held, unchecked=True),
]


async def said(text: str) -> str:
    """Another plant has planted it too."""
    return text


UNITS = {"type": "enrolment.unit-registered.v1"}


def row(field: str, value: Any, place: int, says: str = "{key}") -> Plant:
    """A wrong field in the outbox row of some unit."""
    return wrong(ENROLMENT, "outbox", UNITS, field, value, place, says)


async def marked_like_another(stores: Stores) -> str:
    first, second = [await stores.one(ENROLMENT, "outbox", UNITS, place) for place in (20, 21)]
    same = {name: first[name] for name in ("partition", "offset", "key")}
    await stores.change(ENROLMENT, "outbox", second, **same)
    return "another row has it too"


async def marked_elsewhere(stores: Stores) -> str:
    document = await stores.one(ENROLMENT, "outbox", UNITS, 22)
    await stores.change(ENROLMENT, "outbox", document, partition=(document["partition"] + 1) % 6)
    return f"{document['_id']} is marked at"


async def marked_too_high(stores: Stores) -> str:
    """In its own partition, at the record of the next row there."""
    document = await stores.one(ENROLMENT, "outbox", UNITS, 23)
    query = {**UNITS, "partition": document["partition"], "offset": {"$gt": document["offset"]}}
    (other,) = await stores(ENROLMENT, "outbox").find(query).sort("offset", 1).limit(1).to_list(None)
    await stores.change(ENROLMENT, "outbox", document, offset=other["offset"])
    return f"{document['topic']}/{document['partition']}/{other['offset']}"


async def unmarked(stores: Stores) -> str:
    document = await stores.one(ENROLMENT, "outbox", UNITS, 24)
    await stores.change(ENROLMENT, "outbox", document, published_at=None)
    return f"{document['_id']} is neither pending nor published"


async def fewer_seats(stores: Stores) -> str:
    document = await stores.one(ENROLMENT, "outbox", {"_id": {"$regex": ":OPS:1$"}})
    body = json.loads(document["body"])
    body["data"]["seats"] = 0
    await stores.change(ENROLMENT, "outbox", document, body=json.dumps(body))
    return "OPS:5 has 1 confirmed on 0 seats"


async def waits(stores: Stores) -> str:
    document = await stores.one(ENROLMENT, "outbox", UNITS, 25)
    copy = {**document, "_id": "XZ:1", "aggregate": "XZ", "lane": -1, "pending": True}
    for name in ("published_at", "partition", "offset"):
        copy.pop(name)
    await stores.add(ENROLMENT, "outbox", copy)
    return "events of /pattana/enrolment that wait to be published"


ROWS = [
    Defect("row: _id", "outbox", row("seq", 7, 10, "{key} says it is")),
    Defect("row: topic", "outbox", row("topic", "elsewhere", 11, "{key} goes to elsewhere")),
    Defect("row: key", "records", row("key", "another", 12, "the outbox says another")),
    Defect("row: body", "records", row("body", "{}", 13, "{key} differs")),
    Defect("row: headers", "records", row("headers.ce_time", "now", 14, "{key} has other headers")),
    Defect("row: type", "outbox", row("type", "enrolment.unheard-of.v1", 15, "rows of a type"), unchecked=True),
    Defect("unmarked", "outbox", unmarked),
    Defect("a place twice", "marks", marked_like_another),
    Defect("wrong partition", "marks", marked_elsewhere),
    Defect("wrong offset", "marks", marked_too_high),
    Defect(
        "a gap", "outbox", gone(ENROLMENT, "outbox", {"_id": {"$regex": ":PO-50:2$"}}, says="PO-50: event 2 is missing")
    ),
    Defect(
        "the last one gone",
        "buckets",
        gone(ENROLMENT, "outbox", {"_id": {"$regex": ":PO-95:2$"}}, says="event 2 is missing"),
    ),
    Defect("gone from the outbox only", "records", lambda _: said("PO-95:2 is in the log, no outbox has it")),
    Defect(
        "events of nobody",
        "documents",
        copied(ENROLMENT, "outbox", UNITS, "XA:1", "unit XA has 1 events", aggregate="XA"),
    ),
    Defect("waits to be published", "applied", waits, unchecked=True),
    Defect("overbooked", "seats", fewer_seats),
    Defect("reports of such runs", "reports", lambda _: said("roll-ups of buckets with events"), unchecked=True),
]
REPORTS = [
    Defect("report missing", "reports", gone(REPORTING, "rollups_active", {}, says="{key} is missing, its")),
    Defect(
        "position missing",
        "applied",
        gone(REPORTING, "positions", {"_id": {"$regex": "^reporting.*PO-95$"}}, says="events that reporting"),
        unchecked=True,
    ),
]
OF_FEATURES = (*ATTENDED, *GROUPED, *OF_CERTIFICATES, *OF_FOLLOW_UP, *OF_PEOPLE, *OF_DELEGATIONS)
WAVES = {
    "documents": [*DOCUMENTS, *OF_FEATURES, *OF_OFFERS],
    "rows": [*ROWS, *OF_LINES],
    "reports": REPORTS,
}
ALL = [pytest.param(wave, place, id=f"{wave}-{d.name}") for wave, ds in WAVES.items() for place, d in enumerate(ds)]
JOURNAL = [
    {"method": "POST", "path": "/x", "status": 201, "positions": ["no:7"]},
    {"method": "POST", "path": "/y", "status": 201, "positions": [], "id": "1", "idempotencyKey": "k"},
    {"method": "POST", "path": "/y", "status": 201, "positions": [], "id": "2", "idempotencyKey": "k"},
]
Found = dict[str, tuple[list[str], Verdict]]


@pytest.fixture(scope="module")
async def found(running: Edition, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Found]:
    """By wave, what each plant says and what the audit made of all of them. Green before and after."""
    journal = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in JOURNAL))
    await delegated(running)
    green = await running.audit()
    assert green.exit_code == 0, written(green)
    shown, verdicts.EXAMPLES = verdicts.EXAMPLES, 1_000
    try:
        yield {wave: await planted(running, defects, journal) for wave, defects in WAVES.items()}
    finally:
        verdicts.EXAMPLES = shown
    again = await running.audit()
    assert again.exit_code == 0, written(again)


async def planted(running: Edition, defects: list[Defect], journal: Path) -> tuple[list[str], Verdict]:
    async with databases_of(running.where, "tests") as databases:
        active = {source: await active_generation(databases[source]) for source in (NOTIFICATION, REPORTING)}
        stores = Stores(databases, running.folder / "mail", active)
        try:
            says = [await defect.plant(stores) for defect in defects]
            return says, await audit(running.where, journal)
        finally:
            for undo in reversed(stores.undo):
                await undo()


@pytest.mark.parametrize(("wave", "place"), ALL)
def test_a_planted_defect_is_found(found: Found, wave: str, place: int) -> None:
    defect = WAVES[wave][place]
    says, verdict = found[wave]
    check = verdict[defect.check]
    seen = list(check.unchecked) if defect.unchecked else check.examples
    assert any(says[place] in text for text in seen), f"{says[place]!r} is not in\n" + "\n".join(seen)


def test_answers_of_a_journal_are_compared(found: Found) -> None:
    _, verdict = found["documents"]
    assert verdict["journal"].examples == ["POST /x was answered with no:7 at , no outbox has it"]
    assert verdict["answers"].examples == ["POST /y with key k was answered in two ways"]


def test_every_check_has_a_defect() -> None:
    """The order of records: tests/integration/operate/test_audit_log.py."""
    planted_for = {defect.check for defects in WAVES.values() for defect in defects}
    assert planted_for | {"journal", "answers", "order"} == CHECKS.keys()


def written(verdict: Verdict) -> str:
    return "\n".join([check.line() + "".join(f"\n   {e}" for e in check.examples) for check in verdict])
