"""What consumers have not applied: what they hold, what they have parked, and what waits to be published."""

from collections.abc import Mapping
from datetime import datetime

from pattana.audit.documents import ENROLMENT, NOTIFICATION, REPORTING
from pattana.audit.projection import Reports
from pattana.audit.verdict import Verdict
from shared.messaging.held import HELD, Held
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import PENDING
from shared.mongo import Database, translated_calls


async def check_consumers(databases: Mapping[str, Database], started: datetime, verdict: Verdict) -> None:
    """None of it is a difference, but nothing of it could be checked. Generations that do not answer are left out."""
    answering = (await Reports.answering(databases[REPORTING])).consumer
    for source, database in databases.items():
        with translated_calls():
            names: list[str] = await database[HELD.name].distinct("consumer")
        for name in names:
            if source != REPORTING or name == answering:
                counts = verdict.consumers.setdefault(name, {})
                for wait, number in (await Held(database, name).count()).items():
                    counts[wait.lower()] = number
    for name, counts in verdict.consumers.items():
        verdict["applied"].count("consumers")
        for what, number in counts.items():
            verdict["applied"].could_not(f"events that {name} has not applied ({what})", number)
    for source in (ENROLMENT, NOTIFICATION):
        query = {**PENDING, "recorded_at": {"$lt": started}}
        with translated_calls():
            waiting = await databases[source][OUTBOX.name].count_documents(query)
        verdict["applied"].could_not(f"events of {source} that wait to be published", waiting)
