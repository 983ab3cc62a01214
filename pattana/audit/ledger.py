"""What the audit has seen of each aggregate and each partition: a file of SQLite, because it grows with both.

A ledger that an operator keeps is also the watermark of the next audit: see watermark.py.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pattana.audit.history import Kind

PAGE = 1_000
CACHE_KIB = 32 * 1024
_TABLES = """
CREATE TABLE IF NOT EXISTS aggregates (
    source TEXT NOT NULL, aggregate TEXT NOT NULL, kind TEXT NOT NULL DEFAULT '', rows INTEGER NOT NULL DEFAULT 0,
    last INTEGER NOT NULL DEFAULT 0, published INTEGER NOT NULL DEFAULT 0, logged INTEGER NOT NULL DEFAULT 0,
    verified INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source, aggregate)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS of_kind ON aggregates (source, kind, aggregate);
CREATE INDEX IF NOT EXISTS changed ON aggregates (source, kind, aggregate) WHERE last > verified;
CREATE TABLE IF NOT EXISTS partitions (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TEMP TABLE wanted (
    source TEXT NOT NULL, aggregate TEXT NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (source, aggregate));
"""
_TAKE = """
INSERT INTO aggregates (source, aggregate, kind, rows, last, published) VALUES (?, ?, ?, 1, ?, ?)
ON CONFLICT DO UPDATE SET kind = excluded.kind, rows = rows + 1, last = max(last, excluded.last),
    published = max(published, excluded.published)
"""
_LOGGED = """
INSERT INTO aggregates (source, aggregate, logged) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET logged = excluded.logged
"""
_UNKNOWN = """
INSERT INTO aggregates (source, aggregate, rows, last) VALUES (?, ?, 1, ?)
ON CONFLICT DO UPDATE SET rows = rows + 1, last = max(last, excluded.last)
"""
_WANT = "INSERT INTO wanted VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET upto = max(upto, excluded.upto)"
_WANTED = """
SELECT w.aggregate, coalesce(a.last, 0), w.upto FROM wanted w LEFT JOIN aggregates a USING (source, aggregate)
WHERE w.source = ? AND w.aggregate > ? AND w.upto > coalesce(a.last, 0) ORDER BY w.aggregate LIMIT ?
"""
_COLUMNS = "aggregate, kind, rows, last, published, logged, verified"


class Known(NamedTuple):
    """One aggregate: how many rows its outbox has, the last of them, the last published one, the highest sequence in
    the log, and up to where an earlier audit has verified it."""

    aggregate: str
    kind: str
    rows: int
    last: int
    published: int
    logged: int
    verified: int


class Ledger:
    """Calls are short and block: the audit does nothing else meanwhile. Nothing is on disk before `save`."""

    def __init__(self, path: Path | str = "") -> None:
        """Without a path in a temporary file, which SQLite removes."""
        self._store = sqlite3.connect(path, isolation_level=None)
        self._store.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._store.execute("PRAGMA temp_store = FILE")
        self._store.executescript(_TABLES)
        self._store.execute("BEGIN")

    def close(self) -> None:
        self._store.close()

    def save(self) -> None:
        """Everything so far is on disk."""
        self._store.execute("COMMIT")
        self._store.execute("BEGIN")

    def take(self, source: str, rows: Iterable[tuple[str, Kind, int, bool]]) -> None:
        """Rows of an outbox: aggregate, kind, sequence, and whether the log must have it. None is taken twice."""
        self._store.executemany(
            _TAKE, [(source, key, kind, seq, seq if published else 0) for key, kind, seq, published in rows]
        )

    def take_unknown(self, source: str, rows: Iterable[tuple[str, int]]) -> None:
        """Rows of a type that this release does not know: aggregate and sequence."""
        self._store.executemany(_UNKNOWN, [(source, *row) for row in rows])

    def want(self, source: str, highest: Mapping[str, int]) -> None:
        """The rows of these aggregates up to there must be read."""
        self._store.executemany(_WANT, [(source, key, seq) for key, seq in highest.items()])

    def wanted(self, source: str) -> Iterator[tuple[str, int, int]]:
        """Aggregates with rows to read: behind which sequence, and up to which."""
        after = ""
        while page := self._store.execute(_WANTED, (source, after, PAGE)).fetchall():
            yield from page
            after = page[-1][0]

    def set_logged(self, source: str, highest: Mapping[str, int]) -> None:
        """The highest sequence of each of these aggregates in the log."""
        self._store.executemany(_LOGGED, [(source, key, seq) for key, seq in highest.items()])

    def known(self, source: str, aggregates: Sequence[str]) -> dict[str, Known]:
        """Those of these aggregates that have been seen."""
        found: dict[str, Known] = {}
        for start in range(0, len(aggregates), PAGE):
            part = aggregates[start : start + PAGE]
            marks = ",".join("?" * len(part))
            query = f"SELECT {_COLUMNS} FROM aggregates WHERE source = ? AND aggregate IN ({marks})"  # noqa: S608
            found |= {row[0]: Known(*row) for row in self._store.execute(query, (source, *part))}
        return found

    def pages(self, source: str, kind: Kind, *, changed: bool = False, prefix: str = "") -> Iterator[list[Known]]:
        """All aggregates of a kind with rows, in order; those that an earlier audit has not verified as they are, or
        those whose name begins with the prefix."""
        more = " AND last > verified" if changed else ""
        query = (
            f"SELECT {_COLUMNS} FROM aggregates "  # noqa: S608
            f"WHERE source = ? AND kind = ? AND aggregate > ? AND aggregate < ?{more} ORDER BY aggregate LIMIT ?"
        )
        after, end = prefix, prefix + "\U0010ffff"
        while page := [Known(*row) for row in self._store.execute(query, (source, kind, after, end, PAGE))]:
            yield page
            after = page[-1].aggregate

    def uneven(self, source: str) -> Iterator[Known]:
        """Aggregates that have fewer rows than their last sequence says."""
        query = f"SELECT {_COLUMNS} FROM aggregates WHERE source = ? AND rows <> last"  # noqa: S608
        return (Known(*row) for row in self._store.execute(query, (source,)))

    def lost(self, source: str) -> Iterator[Known]:
        """Aggregates whose last published event the log does not have."""
        query = f"SELECT {_COLUMNS} FROM aggregates WHERE source = ? AND logged < published"  # noqa: S608
        return (Known(*row) for row in self._store.execute(query, (source,)))

    def next_of(self, topic: str, partition: int) -> int:
        """The first offset that no earlier audit has verified."""
        query = "SELECT next FROM partitions WHERE topic = ? AND partition = ?"
        row = self._store.execute(query, (topic, partition)).fetchone()
        return 0 if row is None else int(row[0])

    def fact(self, name: str) -> str | None:
        """A line that `verify` wrote."""
        row = self._store.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def verify(self, ends: Mapping[tuple[str, int], int], facts: Mapping[str, str]) -> None:
        """All that was seen is verified: the watermark of the next audit."""
        self._store.execute("UPDATE aggregates SET verified = last WHERE verified <> last")
        rows = [(topic, partition, end) for (topic, partition), end in ends.items()]
        self._store.executemany("INSERT OR REPLACE INTO partitions VALUES (?, ?, ?)", rows)
        self._store.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(facts.items()))
