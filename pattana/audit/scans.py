"""What devices have uploaded, against what people have: a mark that a device has made has its record, and nobody's mark
is later than the first record of that person that was good. Corrections aside."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from shared.events.attendance import Via
from shared.mongo import Database, majority, translated_calls

AT_ONCE: Final = 1_000
GOOD: Final = frozenset({"COUNTED", "KEPT"})  # others say nobody
Order = tuple[datetime, str]
First = dict[tuple[str, int], Order]  # of the good records of a person in a session


async def first_scans(database: Database, run: str) -> First:
    """To be read before what people have: that only goes to earlier ones."""
    first, after = First(), ""
    while True:
        query = {"run": run, "_id": {"$gt": after}}
        with translated_calls():
            rows = await majority(database["attendance_scans"]).find(query).sort("_id", 1).limit(AT_ONCE).to_list(None)
        take(first, rows)
        if len(rows) < AT_ONCE:
            return first
        after = rows[-1]["_id"]


def take(first: First, rows: Iterable[Mapping[str, Any]]) -> None:
    """Pure."""
    for row in rows:
        if row["outcome"] in GOOD:
            key, order = (row["nomination"], row["session"]), (row["at"], row["_id"])
            first[key] = min(order, first.get(key, order))


async def without_scans(database: Database, run: str, people: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with marks that say which record of a device they come from."""
    sources, wrong = sources_of(people), list[str]()
    ids = sorted(sources)
    for start in range(0, len(ids), AT_ONCE):
        query = {"_id": {"$in": ids[start : start + AT_ONCE]}}
        fields = {"run": True, "nomination": True, "session": True}
        with translated_calls():
            rows = await majority(database["attendance_scans"]).find(query, fields).to_list(None)
        wrong += source_differences(run, {key: sources[key] for key in query["_id"]["$in"]}, rows)
    return wrong


def sources_of(people: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, int]]:
    """Pure. Whose mark of which session comes from which record."""
    return {
        mark.get("source", ""): (row["nomination"], int(number))
        for row in people
        for number, mark in row["marks"].items()
        if mark.get("device") is not None
    }


def source_differences(
    run: str, sources: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Pure."""
    found = {row["_id"]: (row["run"], row["nomination"], row["session"]) for row in rows}
    for source, (nomination, session) in sources.items():
        if found.get(source) != (run, nomination, session):
            yield f"{nomination} has in session {session} what no device has uploaded: {source}"


def scan_differences(first: First, people: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Pure. What is later than a device has recorded it, or missing."""
    marks = {row["nomination"]: row["marks"] for row in people}
    for (nomination, session), order in first.items():
        mark = marks.get(nomination, {}).get(str(session))
        if mark is None:
            yield f"{nomination} has nothing in session {session}, and {order[1]} has recorded it"
        elif mark["via"] != Via.CORRECTION and (mark["at"], mark.get("source", "")) > order:
            yield f"{nomination} has in session {session} what is later than {order[1]}"
