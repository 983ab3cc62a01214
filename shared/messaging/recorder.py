"""What the events of one command have in common, and their numbers in the histories of their aggregates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.events.envelope import Event, OutgoingEvent, Position
from shared.position_tokens import Reached, Receipt, fits
from shared.security_log.entries import Access, Entry, Outcome, entry_of


@dataclass(slots=True)
class EventRecorder:
    """Records the events of one command, and what the security log says of it. `now` is system time; a run whose
    business time differs says by how much. `access` is the request that gave the command."""

    source: str
    now: datetime
    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None
    access: Access | None = None
    events: list[OutgoingEvent] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    _reached: dict[str, Position] = field(default_factory=dict)

    @property
    def positions(self) -> tuple[Position, ...]:
        """The last position of each aggregate that the command was about."""
        return tuple(self._reached.values())

    def reached(self, receipt: Callable[[], str]) -> Reached:
        """What the caller is told. Positions that a token cannot name are stood for by a receipt, worked out only then:
        that costs more than all else here, and hardly a command needs it. Of quiet events nothing is told: nobody
        follows them, and whoever waited would wait in vain."""
        followed = self._followed()
        return Reached(followed) if fits(followed) else self.marked(receipt())

    def marked(self, receipt: str, first: int | None = None) -> Reached:
        """What the caller is told, with this receipt in any case: all events are marked with it now, or only the first
        so many. Nobody follows quiet events, so nobody would count them."""
        marked = [one if one.event.quiet else replace(one, receipt=receipt) for one in self.events[:first]]
        self.events[: len(marked)] = marked
        count = sum(one.receipt is not None for one in self.events)
        return Reached(self._followed(), (Receipt(receipt, count),) if count else ())

    def _followed(self) -> tuple[Position, ...]:
        quiet = {one.aggregate for one in self.events if one.event.quiet}
        return tuple(position for position in self.positions if position.aggregate not in quiet)

    def begin(self) -> None:
        """Forgets what an earlier attempt of the same command recorded."""
        self.events.clear()
        self.entries.clear()
        self._reached.clear()

    def record(self, events: Iterable[Event], *, after: int, offset_seconds: int = 0) -> None:
        """Events of ONE aggregate whose last one so far is `after` (0: none). Raises ValueError for those of several:
        their numbers would have gaps, and every consumer would wait for what never comes."""
        occurred_at = self.now + timedelta(seconds=offset_seconds) if offset_seconds else self.now
        of: str | None = None
        for sequence, event in enumerate(events, start=after + 1):
            aggregate = event.aggregate
            if of is not None and aggregate != of:
                raise ValueError(f"{aggregate} after {of}: events of one aggregate are recorded at a time")
            of = aggregate
            self._reached[aggregate] = Position(aggregate, sequence)
            self.events.append(
                OutgoingEvent(
                    event,
                    aggregate,
                    sequence,
                    self.source,
                    self.now,
                    occurred_at,
                    self.correlation,
                    self.causation,
                    self.traceparent,
                )
            )

    def note(self, action: str, kind: str, id: str, *, count: int = 1) -> None:
        """That this was done to that, for the security log: stored together with what was done."""
        entry = entry_of(
            self.access, self.now, action, (kind, id), Outcome.DONE, correlation=self.correlation, count=count
        )
        self.entries.append(entry)

    def stand_at(self, aggregate: str, sequence: int) -> None:
        """The command had no news of this aggregate; its caller is told where it stands all the same."""
        if sequence:
            self._reached[aggregate] = Position(aggregate, sequence)

    def adopt(self, other: "EventRecorder") -> None:
        """Takes over what was recorded for one of several commands that are committed together."""
        self.events += other.events
        self.entries += other.entries
        self._reached |= other._reached
