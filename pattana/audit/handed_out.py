"""Checks what became of people who were erased, as far as an operator may read, and who was handed out whose data.

`pattana erasure` looks into every store for one person, also where names stand; here each erased person is looked for
in the stores that have no names, or say that they were taken out.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pattana.audit.documents import ENROLMENT, NOTIFICATION
from pattana.audit.outboxes import Advance
from pattana.audit.pages import pages
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check, Verdict
from shared.events.directory import contact_aggregate
from shared.messaging.outbox import rows_of
from shared.mongo import Database, Document, translated_calls
from shared.rights import Permission, Role
from shared.security_log.storage import beside, first_id

MOST: Final = 10_000  # erased people that one audit looks for
SOON: Final = timedelta(hours=1)  # in which an erasure comes to its end everywhere but in the log
LOOKED_BACK: Final = timedelta(days=31)  # in the security logs
EXPORT: Final = "export"


async def check_handed_out(databases: Mapping[str, Database], verdict: Verdict, advance: Advance) -> None:
    await _check_erased(databases, verdict["erased"], advance)
    for source, database in databases.items():
        await _check_exports(source, database, verdict["exports"])


async def _check_erased(databases: Mapping[str, Database], check: Check, advance: Advance) -> None:
    before, looked = datetime.now(UTC) - SOON, 0
    async for page in pages(databases[NOTIFICATION]["erased"]):
        settled = [row["_id"] for row in page if row["at"] < before]
        check.count("people who were erased", len(settled))
        check.count("that are being erased", len(page) - len(settled))
        looked += len(page)
        if looked > MOST:
            check.could_not(f"people who were erased, beyond {MOST:,}", len(page))
            continue
        await _check_people(databases[ENROLMENT], settled, check)
        await _check_contacts(databases[NOTIFICATION], settled, check)
        for person in settled:
            await _check_outbox(databases[ENROLMENT], person, check)
        advance(len(page))


async def _check_people(database: Database, ids: Sequence[str], check: Check) -> None:
    """The directory, and nominations, whose texts go as they are marked."""
    people, _ = await audited(database, "people")
    nominations, _ = await audited(database, "nominations")
    with translated_calls():
        known = people.find({"_id": {"$in": list(ids)}}, {"erased": True})
        erased = {row["_id"] async for row in known if row.get("erased")}
        rows: list[Document] = await nominations.find(
            {"person": {"$in": list(ids)}, "erased": {"$ne": True}}, {"person": True, "erased": True}
        ).to_list(MOST)
    check.all_broken(f"person {id} was erased, and is not in the directory" for id in ids if id not in erased)
    check.all_broken(f"nomination {row['_id']} of erased person {row['person']} is as before" for row in rows)


async def _check_contacts(database: Database, ids: Sequence[str], check: Check) -> None:
    with translated_calls():
        names = await database.list_collection_names()
        for name in sorted(one for one in names if one.startswith("contacts_g")):
            sealed = database[name].find({"_id": {"$in": list(ids)}, "sealed": {"$gt": ""}}, {"_id": True})
            check.all_broken([f"{name} has a contact of erased person {row['_id']}" async for row in sealed])


async def _check_outbox(database: Database, person: str, check: Check) -> None:
    query = {**rows_of(contact_aggregate(person)), "body": {"$ne": None}}
    with translated_calls():
        if await database["outbox"].find_one(query, {"_id": True}) is not None:
            check.broken(f"the outbox has a contact of erased person {person}")


async def _check_exports(source: str, database: Database, check: Check) -> None:
    """What was handed out was the caller's own, or by who may erase. Nothing is handed out that is not noted before
    (shared/personal/routes.py), so this is the list of all."""
    log, fields = await audited(beside(database), "security_log")
    since = first_id(datetime.now(UTC) - LOOKED_BACK)
    with translated_calls():
        async for row in log.find({"action": EXPORT, "_id": {"$gte": since}}, fields):
            check.count("exports")
            own = row["subject"] is not None and row["subject"] == row["object"]
            if row["permission"] != Permission.PERSON_EXPORT or not (own or Role.HR_OFFICER in row["roles"]):
                check.broken(f"{source}: {row['subject']} was handed out the data of {row['object']}")
