"""Looks for a person in every store, and says of each find whether it goes at erasure or stays, and why.

One function for each store, in one table. Reads by indexes, and of the log the one partition that has the person's key.
Nothing that is found is told, only how much of it there is.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from pattana.audit.audit import Where, databases_of
from pattana.audit.documents import ENROLMENT, NOTIFICATION
from pattana.embedded.kept_mails import KeptMails, messages_to
from pattana.errors import Explained
from pattana.operate.contact_log import ContactLog, contact_log
from services.enrolment.catalogue import RunState
from shared.events.directory import contact_aggregate
from shared.messaging.held import HELD
from shared.messaging.outbox import rows_of
from shared.mongo import Collection, Database, Document, translated_calls
from shared.portions import portions
from shared.security_log.storage import log_of

WALK_IN_TEXTS: Final = ("name", "office", "reason")
WITHIN: Final = timedelta(days=7)  # in which everything that goes is gone
_STAY: Final = frozenset(
    (
        *("_id", "seq", "contact_seq", "unit", "office", "level", "post"),
        *("citizen_hash", "external_hash", "erased", "erased_at", "erasing", "sort_key"),
    )
)


class Fate(Enum):
    """Of what was found. HELD: not erased, so it is as it should be."""

    HELD = "kept"
    GONE = "gone"
    GOES = "going"
    LEFT = "NOT GONE"
    STAYS = "remains"


@dataclass(frozen=True, slots=True)
class Trace:
    """`found` None: it is not looked for."""

    store: str
    what: str
    found: int | None
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Traces:
    """`erased_at` None: the person has not been erased."""

    erased_at: datetime | None
    lines: list[Trace]


@dataclass(frozen=True, slots=True)
class Search:
    """Where somebody is looked for, and until when that is to be gone."""

    where: Where
    databases: Mapping[str, Database]
    person: str
    row: Document
    log: ContactLog
    now: datetime

    @property
    def enrolment(self) -> Database:
        return self.databases[ENROLMENT]

    def goes(self, store: str, what: str, found: int, why: str = "") -> Trace:
        """What an erasure removes."""
        if not self.row.get("erased"):
            return Trace(store, what, found, Fate.HELD)
        if not found:
            return Trace(store, what, 0, Fate.GONE)
        in_time = self.now < self.row["erased_at"] + WITHIN
        return Trace(store, what, found, Fate.GOES if in_time else Fate.LEFT, why)


async def traces_of(where: Where, person: str) -> Traces:
    """Raises Explained for an id that nobody has, StoreUnavailable and KafkaError."""
    async with databases_of(where, "pattana-erasure") as databases:  # it reads what the audit's user may not
        with translated_calls():
            row = await databases[ENROLMENT]["people"].find_one({"_id": person})
        if row is None:
            raise Explained(f"nobody has the id {person}")
        log = await contact_log(where, person)
        search = Search(where, databases, person, row, log, datetime.now(UTC))
        with translated_calls():
            lines = [line for look in LOOKS async for line in look(search)]
    return Traces(row.get("erased_at"), [*lines, *BEYOND])


def _is_nobodys(name: str, value: Any) -> bool:
    """A place in lists of people with no name in front of the part of the id."""
    return name == "place" and str(value).startswith(" ")


async def _people(search: Search) -> AsyncIterator[Trace]:
    beyond = [name for name, value in search.row.items() if name not in _STAY and not _is_nobodys(name, value)]
    what = "names, addresses, dates, position, external id"
    yield search.goes("enrolment.people", what, len(beyond), ", ".join(beyond))
    why = "counts stay right, and no import brings the person back"
    yield Trace("enrolment.people", "id, unit, level, post, keyed hashes", 1, Fate.STAYS, why)


async def _holdings(search: Search) -> AsyncIterator[Trace]:
    held = await search.enrolment["holdings"].count_documents({"person": search.person})
    why = "who was in a post is a fact of the office, and names nobody"
    yield Trace("enrolment.holdings", "posts held, by id", held, Fate.STAYS, why)


async def _nominations(search: Search) -> AsyncIterator[Trace]:
    nominations = search.enrolment["nominations"].find(
        {"person": search.person}, {"note": 1, "reason": 1, "decisions": 1}
    )
    rows = [row async for row in nominations]
    texts = sum(bool(row.get("note")) + bool(row.get("reason")) + _decided(row) for row in rows)
    yield search.goes("enrolment.nominations", "notes and reasons", texts)
    yield search.goes("enrolment.nominations", "seats and places in runs to come", await _hopes(search))
    yield Trace("enrolment.nominations", "nominations by id", len(rows), Fate.STAYS, "seats and reports count them")


def _decided(row: Document) -> int:
    """Reasons of steps of an approval."""
    return sum("reason" in one for one in row.get("decisions", ()))


async def _by_nomination(search: Search, collection: Collection, field: str) -> int:
    """How many documents are of nominations of the person; each of them has an index by that."""
    ids = [row["_id"] async for row in search.enrolment["nominations"].find({"person": search.person}, {"_id": 1})]
    return sum([await collection.count_documents({field: {"$in": list(some)}}) for some in portions(ids)])


async def _attendance(search: Search) -> AsyncIterator[Trace]:
    changes, attendees = search.enrolment["attendance_changes"], search.enrolment["attendees"]
    reasons = await changes.count_documents({"person": search.person, "reason": {"$exists": True}})
    yield search.goes("enrolment.attendance_changes", "reasons", reasons)
    walk_ins, of_person = search.enrolment["attendance_walk_ins"], {"person": search.person}
    typed = [row async for row in walk_ins.find(of_person, dict.fromkeys(WALK_IN_TEXTS, 1))]
    texts = sum(any(name in row for name in WALK_IN_TEXTS) for row in typed)
    yield search.goes("enrolment.attendance_walk_ins", "name, office, reason", texts)
    marked = await attendees.count_documents(of_person)
    yield Trace("enrolment.attendees", "attendance by id", marked, Fate.STAYS, "it was attended, and reports count it")
    why = "evidence of what counts, and names nobody"
    yield Trace("enrolment.attendance_walk_ins", "presence at the door, by id", len(typed), Fate.STAYS, why)
    scans = await _by_nomination(search, search.enrolment["attendance_scans"], "nomination")
    yield Trace("enrolment.attendance_scans", "scans of devices, by id", scans, Fate.STAYS, why)


async def _groups(search: Search) -> AsyncIterator[Trace]:
    grouped = await search.enrolment["group_members"].count_documents({"person": search.person})
    yield Trace(
        "enrolment.group_members", "groups by id", grouped, Fate.STAYS, "who worked with whom on an idea, by id"
    )


async def _follow_up(search: Search) -> AsyncIterator[Trace]:
    texts, tasks = search.enrolment["follow_up_texts"], search.enrolment["follow_up_tasks"]
    written = await texts.count_documents({"person": search.person})
    yield search.goes("enrolment.follow_up_texts", "evidence and reasons", written)
    mine = await tasks.count_documents({"person": search.person})
    yield Trace("enrolment.follow_up_tasks", "tasks by id", mine, Fate.STAYS, "reports count them")


async def _plans(search: Search) -> AsyncIterator[Trace]:
    of, texts, plans = search.person, "enrolment.development_plan_texts", search.enrolment["development_plans"]
    written = await search.enrolment["development_plan_texts"].count_documents({"person": of})
    yield search.goes(texts, "notes, results and reasons", written)
    rows = [row async for row in plans.find({"person": of}, {"erased": 1})]
    yield search.goes("enrolment.development_plans", "what rows say", sum(not row.get("erased") for row in rows))
    yield Trace("enrolment.development_plans", "plans by id", len(rows), Fate.STAYS, "reports count them")


async def _hopes(search: Search) -> int:
    live = search.enrolment["nominations"].find({"person": search.person, "live": True}, {"run": 1})
    runs = [row["run"] async for row in live]
    ahead = {
        "_id": {"$in": runs},
        "state": {"$ne": RunState.CANCELLED.value},
        "ends_at_system_time": {"$gt": search.now},
    }
    return await search.enrolment["runs"].count_documents(ahead)


async def _evaluation(search: Search) -> AsyncIterator[Trace]:
    """What somebody said anonymously cannot be found, by this or anything else."""
    found = {}
    for name in ("evaluation_drafts", "evaluation_answers", "evaluation_respondents"):
        found[name] = await search.enrolment[name].count_documents({"person": search.person})
    about = await search.enrolment["evaluation_drafts"].count_documents({"about": search.person})
    begun = found["evaluation_drafts"] + about
    yield search.goes("enrolment.evaluation_drafts", "answers that were begun, sealed", begun)
    yield search.goes("enrolment.evaluation_answers", "tests and assessments", found["evaluation_answers"])
    why = "that somebody has answered, not what: counts stay right"
    yield Trace("enrolment.evaluation_respondents", "entries by id", found["evaluation_respondents"], Fate.STAYS, why)


async def _certificates(search: Search) -> AsyncIterator[Trace]:
    certificates = search.enrolment["certificates"].find({"person": search.person}, {"name": 1, "reason": 1})
    rows = [row async for row in certificates]
    texts = sum(bool(row.get("name")) + bool(row.get("reason")) for row in rows)
    yield search.goes("enrolment.certificates", "names on certificates, and reasons", texts)
    why = "numbers have no gap: issued, and the name erased"
    yield Trace("enrolment.certificates", "certificates by id", len(rows), Fate.STAYS, why)


async def _outbox(search: Search) -> AsyncIterator[Trace]:
    outbox, contact = search.enrolment["outbox"], contact_aggregate(search.person)
    sealed = await outbox.count_documents({**rows_of(contact), "body": {"$ne": None}})
    yield search.goes("enrolment.outbox", "sealed contacts", sealed)
    told = await outbox.count_documents(rows_of(search.person))
    yield Trace("enrolment.outbox", "events by id", told, Fate.STAYS, "they name nobody: id, unit, level, post")


async def _log(search: Search) -> AsyncIterator[Trace]:
    log = search.log
    yield search.goes(f"log {log.topic}", "sealed contacts", log.contacts, log.trouble)
    why = "they name nobody, and facts are kept for ever"
    yield Trace("log, other topics", "events by id", None, Fate.STAYS, why)


async def _notification(search: Search) -> AsyncIterator[Trace]:
    store = search.databases[NOTIFICATION]
    sealed = 0
    for name in await store.list_collection_names():
        if name.startswith("contacts_g"):
            sealed += await store[name].count_documents({"_id": search.person, "sealed": {"$gt": ""}})
    yield search.goes("notification.contacts", "sealed contact, in every generation", sealed)
    messages = [key async for page in messages_to(store, search.person) for key in page]
    yield Trace("notification.messages", "messages by id", len(messages), Fate.STAYS, "texts name nobody but officials")
    told = await _by_nomination(search, store["told"], "_id")
    yield Trace("notification.told", "places and days that were told, by id", told, Fate.STAYS, "they name nobody")
    if search.where.mail_folder is not None:
        mails = KeptMails(search.where.mail_folder).of(messages)
        yield search.goes("kept mails", "names and addresses", len(mails))


async def _held(search: Search) -> AsyncIterator[Trace]:
    query = {"source": ENROLMENT, "subject": contact_aggregate(search.person)}
    held = sum([await store[HELD.name].count_documents(query) for store in search.databases.values()])
    yield search.goes("held records", "contacts that were put aside", held)


async def _security(search: Search) -> AsyncIterator[Trace]:
    found = 0
    for store in search.databases.values():
        for field in ("subject", "object"):
            found += await log_of(store).count_documents({field: search.person})
    why = "who did what must be provable; PATTANA_SECURITY_LOG_DAYS"
    yield Trace("security logs", "entries by id", found, Fate.STAYS, why)


LOOKS: Final[tuple[Callable[[Search], AsyncIterator[Trace]], ...]] = (
    _people,
    _holdings,
    _nominations,
    _evaluation,
    _certificates,
    _attendance,
    _groups,
    _follow_up,
    _plans,
    _outbox,
    _log,
    _notification,
    _held,
    _security,
)
# Where this command does not reach.
BEYOND: Final = (
    Trace("commands", "answers by id", None, Fate.STAYS, "no names; gone after PATTANA_ANSWER_HOURS"),
    Trace("reporting", "nominations by id", None, Fate.STAYS, "no names; counts stay right"),
    Trace("programmes, runs", "chairs, reporters, speakers", None, Fate.STAYS, "they act in public"),
    Trace("texts of others", "names that somebody wrote", None, Fate.STAYS, "gone after PATTANA_NOMINATION_TEXT_DAYS"),
    Trace("ideas, groups, scores", "works of groups", None, Fate.STAYS, "nothing says who wrote what; scores by id"),
    Trace("papers that were fetched", "names of then", None, Fate.STAYS, "files of others; here they are not kept"),
    Trace("lists on devices", "first names, and an initial", None, Fate.STAYS, "a device throws them away in a week"),
    Trace("walk-ins of nobody", "names that were typed", None, Fate.STAYS, "gone after PATTANA_WALK_IN_DAYS"),
    Trace("anonymous answers", "sums, texts apart", None, Fate.STAYS, "nothing says whose they are (ADR 37)"),
    Trace("mailboxes", "mails that were sent", None, Fate.STAYS, "they are the recipients'"),
    Trace("Keycloak", "the account", None, Fate.STAYS, "another system: delete the user there"),
    Trace("backups", "everything of before", None, Fate.STAYS, "until they expire; erase again after a restore"),
)
