"""Looks for a person in every store, and says of each find whether it goes at erasure or stays, and why.

One function for each store, in one table. Reads by indexes, and of the log the one partition that has the person's key.
Nothing that is found is told, only how much of it there is.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from pattana.audit.audit import Where, databases_of
from pattana.audit.documents import ENROLMENT, NOTIFICATION
from pattana.embedded.kept_mails import KeptMails, messages_to
from pattana.errors import Explained
from pattana.operate.contact_log import ContactLog, contact_log
from shared.events.directory import contact_aggregate
from shared.messaging.held import HELD
from shared.messaging.outbox import rows_of
from shared.mongo import Database, Document, translated_calls
from shared.security_log.storage import log_of

WITHIN: Final = timedelta(days=7)  # in which everything that goes is gone
_STAY: Final = frozenset(
    [
        "_id",
        "seq",
        "contact_seq",
        "unit",
        "office",
        "level",
        "post",
        "citizen_hash",
        "external_hash",
        "erased",
        "erased_at",
        "erasing",
        "sort_key",
    ]
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


async def _people(search: Search) -> AsyncIterator[Trace]:
    beyond = [name for name in search.row if name not in _STAY]
    what = "names, addresses, dates, position, external id"
    yield search.goes("enrolment.people", what, len(beyond), ", ".join(beyond))
    why = "counts stay right, and no import brings the person back"
    yield Trace("enrolment.people", "id, unit, level, post, keyed hashes", 1, Fate.STAYS, why)


async def _nominations(search: Search) -> AsyncIterator[Trace]:
    nominations = search.enrolment["nominations"].find({"person": search.person}, {"note": 1, "reason": 1})
    rows = [row async for row in nominations]
    texts = sum(bool(row.get("note")) + bool(row.get("reason")) for row in rows)
    yield search.goes("enrolment.nominations", "notes and reasons", texts)
    yield Trace("enrolment.nominations", "nominations by id", len(rows), Fate.STAYS, "seats and reports count them")


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
    _nominations,
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
    Trace("mailboxes", "mails that were sent", None, Fate.STAYS, "they are the recipients'"),
    Trace("Keycloak", "the account", None, Fate.STAYS, "another system: delete the user there"),
    Trace("backups", "everything of before", None, Fate.STAYS, "until they expire; erase again after a restore"),
)
