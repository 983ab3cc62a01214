"""What a text says besides the run, looked up when it is composed: every question is bounded, and has its index."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from services.notification.delegations import stands_in
from services.notification.domain import Bucket, Kind, Known, Message, Told
from services.notification.seated import units_with_seats
from services.notification.storage import TOLD, Generation, bucket_of, told_of
from shared.events.seats import NominationState
from shared.mongo import Database, Document, translated_calls

TAKING: Final = [NominationState.CONFIRMED.value, NominationState.OFFERED.value]


class FactStore:
    """Of the generation that answers, and of what was told, which is of none."""

    def __init__(self, database: Database, answering: Callable[[], Generation]) -> None:
        self._told = database[TOLD.name]
        self._answering = answering

    async def told(self, nomination: str) -> Told | None:
        with translated_calls():
            row: Document | None = await self._told.find_one({"_id": nomination})
        return None if row is None else told_of(row)

    async def open_seats(self, run: str, unit: str) -> int:
        """Of all target groups. A bucket never has more people than seats, so the sums tell."""
        generation, of_unit = self._answering(), {"run": run, "bucket_unit": unit}
        with translated_calls():
            rows: list[Document] = await generation.buckets.find(of_unit).to_list(None)
            taken = await generation.nominations.count_documents(of_unit | {"state": {"$in": TAKING}})
        buckets: list[Bucket] = [bucket_of(row) for row in rows]
        return sum(bucket.seats for bucket in buckets) - taken

    async def released(self, run: str, unit: str) -> tuple[int, int]:
        """How many seats the unit has given up in a release, and got in it, of all target groups."""
        with translated_calls():
            found = self._answering().buckets.find({"run": run, "bucket_unit": unit})
            buckets: list[Bucket] = [bucket_of(row) async for row in found]
        return sum(bucket.released for bucket in buckets), sum(bucket.received for bucket in buckets)

    async def has_to_do(self, run: str, whom: str) -> bool:
        """Whether anything is left to do for this person or office."""
        with translated_calls():
            row: Document | None = await self._answering().to_do.find_one({"_id": f"{run}|{whom}"})
        return row is not None and any(count > 0 for count in row.get("open", {}).values())

    async def is_missing(self, absence: str) -> bool:
        """Whether that one is missing still, as far as is known."""
        with translated_calls():
            row: Document | None = await self._answering().absences.find_one({"_id": absence})
        return row is None or bool(row["missing"])

    async def has_news(self, message: Message) -> bool:
        """Whether what a message to an office says of people who were missing is true of any of them. Of an earlier
        generation it is not known which they were; nor is anything where none is known at all."""
        known = Known.RIGHTED if message.kind == Kind.NO_SHOWS_CORRECTED else Known.MISSED
        of_office = {"run": message.run, "office": message.recipient}
        said = {"message": {"$in": [message.id, None]}, "known": known.value, "missing": known is Known.MISSED}
        absences = self._answering().absences
        with translated_calls():
            if await absences.find_one(of_office | said, {"_id": 1}) is not None:
                return True
            return await absences.find_one(of_office, {"_id": 1}) is None

    async def stands_in(self, person: str, now: datetime) -> bool:
        """`now` is business time."""
        return await stands_in(self._answering().delegations, person, now)

    async def silent(self, run: str, units: Sequence[str]) -> list[str]:
        """Those of the units, and of those that have got seats since, from which nobody was ever nominated, be it for
        their own seats or for a pool's. Two looks for each at most: they are some eighty, once."""
        silent = []
        with translated_calls():
            since = sorted((await units_with_seats(self._answering().buckets, [run]))[run] - {*units})
        for unit in (*units, *since):
            with translated_calls():
                nominations = self._answering().nominations
                own, below = {"bucket_unit": unit}, {"unit": {"$gte": unit, "$lt": f"{unit}/"}}  # the sign behind a dot
                found = [await nominations.find_one({"run": run, **query}, {"_id": 1}) for query in (own, below)]
            if found == [None, None]:
                silent.append(unit)
        return silent
