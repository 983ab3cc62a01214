"""What the database does, for drawn lives of seats: documents in memory, and replicas that work on what they have read.

A transaction sees the documents as they were when its replica last looked, and is refused where another one has written
any document that it writes too. What it only reads may have changed since: that is what a rule must live with.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.storage.offered import times_of
from shared.errors import Refused
from shared.events.seats import BucketFact

Key = tuple[str, str]  # collection and id
Rows = Mapping[Key, Any]
T = TypeVar("T")
GONE: Final = object()


class Conflict(Exception):
    """Another one was faster."""


class Tx:
    """One transaction: `rows` as they were read, and what it writes."""

    def __init__(self, rows: Rows, now: datetime) -> None:
        self.rows = rows
        self.now = now
        self.writes: dict[Key, Any] = {}
        self.events: list[tuple[str, BucketFact]] = []

    def get(self, kind: str, id: str) -> Any:
        """None where there is none."""
        key = (kind, id)
        found = self.writes.get(key, self.rows.get(key))
        return None if found is GONE else found

    def all(self, kind: str) -> list[Any]:
        """In order of their ids."""
        keys = sorted({key for key in (*self.rows, *self.writes) if key[0] == kind})
        return [row for key in keys if (row := self.get(*key)) is not None]

    def put(self, kind: str, id: str, row: Any) -> None:
        if self.get(kind, id) != row:
            self.writes[kind, id] = row

    def drop(self, kind: str, id: str) -> None:
        self.writes[kind, id] = GONE

    def take(self, outcome: Outcome) -> Bucket:
        """The bucket, the nominations with the times that are stored with them, and the events."""
        before = self.get("bucket", outcome.bucket.id)
        assert outcome.bucket.seq == (before.seq if before else 0) + len(outcome.events), "every event has a number"
        self.put("bucket", outcome.bucket.id, outcome.bucket)
        for one in outcome.nominations:
            self.put("nomination", one.id, stored(one, self.now))
        self.events += [(outcome.bucket.id, event) for event in outcome.events]
        return outcome.bucket

    def buckets(self, run: str) -> list[Bucket]:
        return [one for one in self.all("bucket") if one.run == run]

    def nominations(self, run: str, *states: Any) -> list[Nomination]:
        return [one for one in self.all("nomination") if one.seats_of[0] == run and one.state in states]

    def line(self, bucket: str) -> list[Nomination]:
        waiting = [one for one in self.all("nomination") if one.bucket == bucket and one.queue is not None]
        return sorted(waiting, key=lambda one: one.queue or 0)


def stored(one: Nomination, now: datetime) -> Nomination:
    times = times_of(one, now) if one.pool is not None else {}
    return replace(one, waits_since=times.get("waits_since"), offered_until=times.get("offered_until"))


@dataclass
class Store:
    """`log`: every bucket's events, in order."""

    rows: dict[Key, Any] = field(default_factory=dict)
    log: dict[str, list[BucketFact]] = field(default_factory=dict)

    def commit(self, tx: Tx) -> None:
        """Raises Conflict, also where a person would have two live nominations in a run."""
        for key in tx.writes:
            if self.rows.get(key) is not tx.rows.get(key):
                raise Conflict(key)
        after = {key: row for key, row in {**self.rows, **tx.writes}.items() if row is not GONE}
        if any(key[0] == "nomination" for key in tx.writes) and not _one_live_each(after):
            raise Conflict("live")
        self.rows = after
        for bucket, event in tx.events:
            self.log.setdefault(bucket, []).append(event)

    def look(self, now: datetime) -> Tx:
        """As it is now, to read only."""
        return Tx(self.rows, now)


def _one_live_each(rows: Rows) -> bool:
    live = [(row.seats_of[0], row.person) for key, row in rows.items() if key[0] == "nomination" and row.live]
    return len(live) == len(set(live))


@dataclass
class Replica:
    """`rows`: as they were when it looked last."""

    store: Store
    rows: Rows = field(default_factory=dict)

    def refresh(self) -> None:
        self.rows = dict(self.store.rows)

    def carry_out(self, work: Callable[[Tx], T], now: datetime) -> T:
        """On what it has read, and where that was too old, or refused on it, on what there is now. Raises Refused."""
        try:
            return self._attempt(work, now)
        except (Conflict, Refused):
            self.refresh()
            return self._attempt(work, now)

    def _attempt(self, work: Callable[[Tx], T], now: datetime) -> T:
        tx = Tx(self.rows, now)
        done = work(tx)
        if tx.writes:
            self.store.commit(tx)
        self.refresh()
        return done


def by_id(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.id: row for row in rows}
