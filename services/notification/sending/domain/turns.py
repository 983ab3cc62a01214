"""Whose turn it is among the lanes, and the messages that wait for theirs. Pure."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from services.notification.domain import KINDS, Kind, Lane

# Of twelve turns while all three have something. The urgent are served first, and none is ever served last only.
SHARES: Final[Mapping[Lane, int]] = {Lane.SEAT: 8, Lane.RUN: 3, Lane.REMINDER: 1}
KINDS_OF: Final[Mapping[Lane, tuple[Kind, ...]]] = {
    lane: tuple(kind for kind in Kind if KINDS[kind].lane is lane) for lane in Lane
}


def share_of(lane: Lane, most: int) -> int:
    """Its part of a page of `most`; at least one."""
    return max(1, most * SHARES[lane] // sum(SHARES.values()))


class Turns:
    """Smooth weighted round robin: what a lane was not given it keeps as credit, also when pages are read anew."""

    def __init__(self) -> None:
        self._credit = dict.fromkeys(Lane, 0)

    def next(self, waiting: Collection[Lane]) -> Lane:
        """`waiting` is not empty. A lane with nothing to do gathers no credit."""
        for lane in waiting:
            self._credit[lane] += SHARES[lane]
        chosen = max((lane for lane in Lane if lane in waiting), key=self._credit.__getitem__)
        self._credit[chosen] -= sum(SHARES[lane] for lane in waiting)
        return chosen


class Backlog:
    """Keys of messages that were read and are not handed out yet. Reading anew forgets them: they are in the store."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._keys: dict[Lane, deque[str]] = {lane: deque() for lane in Lane}

    def __bool__(self) -> bool:
        return any(self._keys.values())

    def fill(self, rows: Iterable[tuple[str, Lane]]) -> None:
        for keys in self._keys.values():
            keys.clear()
        for key, lane in rows:
            self._keys[lane].append(key)

    def take(self) -> str | None:
        """The next one by lane, in a lane the longest due first."""
        waiting = [lane for lane, keys in self._keys.items() if keys]
        return self._keys[self._turns.next(waiting)].popleft() if waiting else None
