"""Everybody of a run told page by page while events go on arriving: as if everybody had been told at once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.domain import FanOut, Kind, Message, Nomination, Run, message_id
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.catalogue import RunCancelled
from shared.events.envelope import Envelope, Event
from shared.events.seats import (
    ConfirmedBy,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
)
from tests.unit.notification.builders import NOW, START, enveloped, nomination, run, run_fields, scheduled, seat_fields

TO_EVERYBODY = (Kind.RUN_RESCHEDULED, Kind.RUN_CANCELLED)


@dataclass
class Store:
    """What the database would hold, and what the old way (everybody at once, in the event's transaction) makes."""

    runs: dict[str, Run] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    fan_outs: dict[str, tuple[FanOut, ...]] = field(default_factory=dict)
    work: dict[str, FanOut] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    at_once: dict[str, bool] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)

    def consume(self, *envelopes: Envelope, silent: Callable[[Envelope], bool] = lambda envelope: False) -> None:
        batch = ReactionBatch(NOW, dict(self.runs), dict(self.nominations))
        batch.turns, batch.fan_outs = dict(self.turns), dict(self.fan_outs)
        for envelope in envelopes:
            batch.silent = silent(envelope)
            HANDLERS[type(envelope.event)](batch, envelope, envelope.event)  # type: ignore[index]
            self._at_once(batch, envelope)
        self.runs, self.nominations, self.fan_outs = batch.runs, batch.nominations, batch.fan_outs
        for key in batch.taken:
            self.turns[key] = self.turns.get(key, 0) + batch.taken[key]
        self.work |= {fan_out.id: fan_out for fan_out in batch.begun}
        self.messages = batch.messages | self.messages

    def _at_once(self, batch: ReactionBatch, envelope: Envelope) -> None:
        """Whom the event concerns as things are after it, of those who are live."""
        the_run = batch.runs.get("run-1")
        if isinstance(envelope.event, RunCancelled) or (the_run is not None and envelope.event == SCHEDULES[-1].event):
            kind = Kind.RUN_CANCELLED if isinstance(envelope.event, RunCancelled) else Kind.RUN_RESCHEDULED
            for each in batch.nominations.values():
                if each.live:
                    self._note(envelope.id, each, kind, seated=each.seated)
        for each in batch.nominations.values():
            changed = envelope.subject == f"run-1:t:{each.id}"
            if changed and each.live and the_run is not None and the_run.cancelled_by is not None:
                self._note(the_run.cancelled_by, each, Kind.RUN_CANCELLED, seated=False)

    def _note(self, reason: str, each: Nomination, kind: Kind, *, seated: bool) -> None:
        key = message_id(reason, each.person, kind)
        self.at_once.setdefault(key, seated)
        self.about.setdefault(key, each.id)

    def page(self, size: int) -> bool:
        """As the worker does; False: nothing is left."""
        if not self.work:
            return False
        fan_out = self.work.pop(next(iter(self.work)))
        if fan_out.overtaken(self.runs[fan_out.run], NOW) is None:
            left = [n for n in self.nominations.values() if fan_out.after < n.turn <= fan_out.upto]
            rows = sorted(left, key=lambda n: n.turn)[:size]
            for each in filter(fan_out.reaches, rows):
                message = fan_out.message(each, NOW)
                self.messages.setdefault(message.id, message)
            if len(rows) == size:
                self.work[fan_out.id] = replace(fan_out, after=rows[-1].turn)
                return True
        others = self.fan_outs.get(fan_out.run, ())
        self.fan_outs[fan_out.run] = tuple(other for other in others if other.id != fan_out.id)
        return True

    def told(self) -> dict[str, bool]:
        """Of everybody, by message, whether with a seat."""
        return {key: message.seated for key, message in self.messages.items() if message.kind in TO_EVERYBODY}


def seat(number: int, event: Event, seq: int) -> Envelope:
    return enveloped(event, f"run-1:t:n{number}", seq)


def life(number: int, way: str) -> list[Envelope]:
    fields = seat_fields(nomination=f"n{number}", person=f"p{number}", bucket_unit="PO-50")
    events: dict[str, Event] = {
        "s": NominationSubmitted(**fields),
        "c": SeatConfirmed(**fields, before=None, by=ConfirmedBy.APPROVAL),
        "w": NominationWaitlisted(**fields, before=NominationState.SUBMITTED),
        "r": NominationRejected(**fields),
        "x": NominationWithdrawn(**fields, before=NominationState.CONFIRMED if "c" in way else "WAITLISTED"),
    }
    return [seat(number, events[step], seq) for seq, step in enumerate(way, 1)]


SCHEDULES = [
    enveloped(scheduled(), seq=1),
    enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2),
]
CANCELLED = enveloped(RunCancelled(**run_fields()), seq=3)
ways = st.lists(st.sampled_from(["s", "sc", "sr", "scx", "swc", "swx", "c", "cx"]), min_size=1, max_size=5)


@st.composite
def interleavings(draw: st.DrawFn, run_events: list[Envelope]) -> list[tuple[Envelope, ...] | int]:
    """Batches of events, each aggregate in its order, and between them pages of the worker (a number: its size)."""
    lives = [list(run_events), *(life(number, way) for number, way in enumerate(draw(ways)))]
    steps: list[tuple[Envelope, ...] | int] = []
    while any(lives):
        if draw(st.booleans()):
            steps.append(draw(st.integers(1, 2)))
        chosen = draw(st.sampled_from([each for each in lives if each]))
        if steps and not isinstance(steps[-1], int) and draw(st.booleans()):
            steps[-1] = (*steps[-1], chosen.pop(0))  # in one batch
        else:
            steps.append((chosen.pop(0),))
    return steps


def played(steps: list[tuple[Envelope, ...] | int]) -> Store:
    store = Store()
    for step in steps:
        if isinstance(step, int):
            store.page(step)
        else:
            store.consume(*step)
    while store.page(2):
        pass
    return store


@settings(max_examples=300)
@given(interleavings([SCHEDULES[0], CANCELLED]))
def test_a_cancellation_tells_exactly_whom_it_would_have_told_at_once(steps: list[tuple[Envelope, ...] | int]) -> None:
    store = played(steps)

    assert store.told() == store.at_once
    assert store.fan_outs["run-1"] == ()


@settings(max_examples=300)
@given(interleavings(SCHEDULES))
def test_a_move_tells_exactly_whom_it_would_have_told_at_once(steps: list[tuple[Envelope, ...] | int]) -> None:
    store = played(steps)

    assert store.told() == store.at_once


@settings(max_examples=300)
@given(interleavings([*SCHEDULES, CANCELLED]))
def test_what_is_overtaken_under_way_is_not_missed_by_anybody(steps: list[tuple[Envelope, ...] | int]) -> None:
    """A moved run is cancelled meanwhile: nobody is told who would not have been, and only news of the move is missing,
    which is not true any more."""
    store = played(steps)
    told = store.told()

    assert told.items() <= store.at_once.items()
    for key in store.at_once.keys() - told.keys():
        person = store.nominations[store.about[key]].person
        assert key == message_id(SCHEDULES[1].id, person, Kind.RUN_RESCHEDULED)


def test_a_second_move_takes_the_place_of_the_first() -> None:
    store = Store()
    again = enveloped(scheduled(revision=2, starts_at=START + timedelta(days=2)), seq=3)
    store.consume(*SCHEDULES[:1], *(envelope for n in range(5) for envelope in life(n, "sc")))
    store.consume(SCHEDULES[1])
    store.page(2)
    store.consume(again)
    while store.page(2):
        pass

    dated = sorted((m.recipient, m.revision) for m in store.messages.values() if m.kind == Kind.RUN_RESCHEDULED)
    assert dated == [("p0", 1), ("p0", 2), ("p1", 1), ("p1", 2), ("p2", 2), ("p3", 2), ("p4", 2)]
    assert store.fan_outs["run-1"] == ()


@pytest.mark.parametrize("turn", [1, 2])
def test_who_changed_since_is_not_of_the_fan_out(turn: int) -> None:
    fan_out = FanOut("id", "run-1", Kind.RUN_CANCELLED, "run-1:3", upto=1)

    assert fan_out.reaches(nomination(turn=turn)) is (turn == 1)
    assert fan_out.overtaken(run(), NOW) is None
