"""Compares where the directory says that people belong with what their live nominations say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pattana.audit.buckets import office
from pattana.audit.enrolled import Stored
from pattana.audit.states import LIVE
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check
from shared.mongo import Database, Document, majority, translated_calls

AT_ONCE = 1_000


async def check_moves(database: Database, run: str, stored: Stored, check: Check, now: datetime) -> None:
    """Of a run that has not ended: what has ended stays as it was. What differs is looked at again, for people move
    while the audit reads."""
    with translated_calls():
        planned = await majority(database["runs"]).find_one({"_id": run}, {"state": 1, "ends_at_system_time": 1})
    if planned is None or planned["state"] == "CANCELLED" or planned["ends_at_system_time"] <= now:
        return
    live = list(stored.live())
    for start in range(0, len(live), AT_ONCE):
        part = live[start : start + AT_ONCE]
        if elsewhere := dict(elsewhere_of(part, await _people(database, part))):
            part = list((await _read(database, "nominations", list(elsewhere))).values())
            elsewhere = dict(elsewhere_of(part, await _people(database, part)))
        check.all_broken(elsewhere.values())
    check.count("live nominations", len(live))


async def _people(database: Database, nominations: Sequence[Document]) -> dict[str, Document]:
    return await _read(database, "people", [row["person"] for row in nominations])


async def _read(database: Database, name: str, ids: Sequence[str]) -> dict[str, Document]:
    collection, fields = await audited(database, name)
    with translated_calls():
        return {row["_id"]: row async for row in majority(collection).find({"_id": {"$in": list(ids)}}, fields)}


def elsewhere_of(
    nominations: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Pure. Nominations that say another office than the directory. Of a person who was moved just now, and of one
    who was invited ex officio, nothing can be said."""
    for row in nominations:
        person = people.get(row["person"])
        if row["state"] not in LIVE or row.get("ex_officio") or person is None or "moving" in person:
            continue
        says, marked = row.get("present_unit") or row["place"]["unit"], row.get("present_unit")
        exact = marked is None or marked == person["unit"]
        if office(says) != office(person["unit"]) or not exact:
            yield row["_id"], f"nomination {row['_id']} says that its person is of {says}, who is of {person['unit']}"
