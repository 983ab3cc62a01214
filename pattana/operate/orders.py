"""The entry in a service's security log of a command that goes straight to its store."""

import getpass

from shared.clock import now
from shared.ids import new_id
from shared.mongo import Database
from shared.security_log.entries import Entry, Outcome
from shared.security_log.storage import SecurityLog
from shared.settings import Settings


async def note_order(database: Database, action: str, kind: str, id: str | None) -> None:
    """Before a command goes straight to a store. Who has its password may leave this out: it is the account of the
    operating system that is named, and nobody has checked a right."""
    entry = Entry(new_id(), now(), action, kind, id, Outcome.ORDERED, subject=f"os:{getpass.getuser()}")
    await SecurityLog(database, days=Settings().security_log_days).append([entry])
