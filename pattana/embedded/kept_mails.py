"""How mails leave the sink: those to people who were erased, and those that are older than the setting says.

Whose a mail is tells its message, never its address: offices share one. Works beside the services, on their stores.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Final

import structlog

from services.notification.domain import Addressee, inbox_shelf
from shared.mongo import Database, Index, StoreError, connect, database, translated_calls
from shared.runtime import Runtime
from shared.waiting import first_of

EVERY_SECONDS: Final = 60.0
PEOPLE_AT_ONCE: Final = 100
MESSAGES_AT_ONCE: Final = 500
BEING_ERASED: Final = Index(("erasing.due",))  # of people: SecantusDB would read everybody
log = structlog.get_logger(__name__)


def message_of(path: Path) -> str:
    """The message of a mail: the left half of its Message-ID."""
    with path.open("rb") as file:
        header = str(BytesHeaderParser().parse(file).get("message-id", ""))
    return header.strip().strip("<>").partition("@")[0]


class KeptMails:
    """The mails in a folder, each known by its message; a mail is looked into once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._messages: dict[str, str] = {}

    def older_than(self, before: datetime) -> list[str]:
        """A mail is named by the nanosecond at which it came."""
        first = f"{int(before.timestamp() * 1e9):020d}"
        return [path.stem for path in self._folder.glob("*.eml") if path.stem < first]

    def of(self, messages: Iterable[str]) -> list[str]:
        present = {path.stem: path for path in self._folder.glob("*.eml")}
        for name, path in present.items():
            if name not in self._messages:
                self._messages[name] = message_of(path)
        wanted = set(messages)
        return [name for name in present if self._messages[name] in wanted]

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / f"{name}.eml").unlink(missing_ok=True)
            self._messages.pop(name, None)


async def messages_to(notification: Database, person: str) -> AsyncIterator[list[str]]:
    """The messages to a person, a page at a time."""
    query = {"shelves": inbox_shelf(Addressee.PERSON, person)}
    rows = notification["messages"].find(query, {"_id": 1}).sort([("created_at", -1), ("_id", -1)])
    page: list[str] = []
    with translated_calls():
        async for row in rows.batch_size(MESSAGES_AT_ONCE):
            page.append(row["_id"])
            if len(page) == MESSAGES_AT_ONCE:
                yield page
                page = []
    if page:
        yield page


class MailKeeping:
    """The loop. A person's erasure is under way for a day (services/enrolment/directory/domain/erasing.py): a mail that
    was on its way when it began is found as well."""

    def __init__(self, runtime: Runtime, folder: Path, *, days: int, every: float = EVERY_SECONDS) -> None:
        settings = runtime.settings
        self._clock = runtime.clock
        self._mails = KeptMails(folder)
        self._kept = timedelta(days=days)
        self._every = every
        self._client = connect(settings.mongo_url, app_name="kept-mails")
        self._people = database(self._client, f"{settings.mongo_prefix}_enrolment")["people"]
        self._notification = database(self._client, f"{settings.mongo_prefix}_notification")
        runtime.add_loop("kept mails", self.run)
        runtime.add_closing("kept mails", self._close)

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.step()
            except StoreError as error:
                log.warning("kept_mails_wait", error=str(error))
            await first_of(self._every, stopping)

    async def step(self) -> None:
        await asyncio.to_thread(self._remove_old, self._clock() - self._kept)
        with translated_calls():
            rows = self._people.find({"erasing.due": {"$exists": True}}, {"_id": 1}).hint(BEING_ERASED.name)
            erased = [row["_id"] async for row in rows.limit(PEOPLE_AT_ONCE)]
        for person in erased:
            async for messages in messages_to(self._notification, person):
                await asyncio.to_thread(self._remove_of, messages)

    def _remove_old(self, before: datetime) -> None:
        self._mails.remove(self._mails.older_than(before.astimezone(UTC)))

    def _remove_of(self, messages: list[str]) -> None:
        self._mails.remove(self._mails.of(messages))

    async def _close(self) -> None:
        self._client.close()
