"""The answers that a client received, one JSON line per command (each row of a list is one). The audit checks that
none is missing.

A line is written and flushed after the answer and before the client's next request: everything in the file was
answered, even if the client is killed.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from shared.position_tokens import InvalidPosition, unverified

POSITION_HEADER = "Pattana-Position"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request. `positions` come from the header Pattana-Position."""

    at: str
    method: str
    path: str
    status: int
    positions: tuple[str, ...] = ()
    idempotency_key: str | None = None
    id: str | None = None


class Journal:
    """Appends to a file; threads and tasks of one process may share it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(
        self,
        method: str,
        path: str,
        status: int,
        position: str | Sequence[str] | None = None,
        idempotency_key: str | None = None,
        id: str | None = None,
    ) -> None:
        """`position` is the header as received, or its parts."""
        at = datetime.now(UTC).isoformat()
        line = {"at": at, "method": method, "path": path, "status": status, "positions": list(split(position))}
        if idempotency_key is not None:
            line["idempotencyKey"] = idempotency_key
        if id is not None:
            line["id"] = id
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def split(position: str | Sequence[str] | None) -> tuple[str, ...]:
    """What the header's token says, in order: `<aggregate>:<sequence>`. It is not verified, since the client who wrote
    it down had it from the service itself. What is no token stands as it is, and will be missed."""
    if position is None:
        return ()
    parts = position.split(",") if isinstance(position, str) else position
    return tuple(said for part in parts if part.strip() for said in _said(part.strip()))


def _said(part: str) -> tuple[str, ...]:
    try:
        return tuple(map(str, unverified(part).positions))
    except InvalidPosition:
        return (part,)


def read(path: Path) -> Iterator[Entry]:
    """Line by line. A last line without a newline was cut off by a crash and is ignored. Raises ValueError for any
    other invalid line."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith("\n"):
                return
            if line.strip():
                yield _entry(line, f"{path}:{number}")


def _entry(line: str, where: str) -> Entry:
    try:
        raw = json.loads(line)
        positions = raw.get("positions", raw.get("position"))
        return Entry(
            at=raw.get("at", ""),
            method=raw["method"],
            path=raw["path"],
            status=int(raw["status"]),
            positions=split(positions),
            idempotency_key=raw.get("idempotencyKey"),
            id=raw.get("id"),
        )
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{where} is no line of a journal: {error}") from error
