"""Whoever moves to another office while nominated counts where the nomination was made."""

from typing import Any

import pytest

from services.enrolment.catalogue import OnMove
from services.enrolment.seats.domain.transfers import keep, transfer
from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from shared.events.seats import NominationKept, NominationMoved
from tests.unit.enrolment.seats.builders import run
from tests.unit.reporting.histories import CHIANG_MAI, History, envelope

ASKING = run(on_move=OnMove.ASK)


def history() -> History:
    made = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)
    made.take(transfer(made.bucket, made.nominations["a"], "PO-95.HR", ASKING, asks=True))
    made.take(keep(made.bucket, made.nominations["a"]))
    return made.withdraw("a")


def folded(events: Any, first: int = 1) -> ProjectionBatch:
    batch = ProjectionBatch()
    for seq, event in enumerate(events, first):
        HANDLERS[type(event)](batch, envelope(event, event.aggregate, seq), event)
    return batch


def test_counts_and_rows_are_those_without_the_move() -> None:
    events = history().events
    without = [event for event in events if not isinstance(event, NominationMoved | NominationKept)]
    assert len(events) == len(without) + 2
    moved, stayed = folded(events), folded(without)
    assert moved.rows.keys() == stayed.rows.keys()
    assert [row.place for row in moved.rows.values()] == [row.place for row in stayed.rows.values()]
    ((_, one),), ((_, other),) = moved.changes.items(), stayed.changes.items()
    assert {count: n for count, n in one.added.items() if n} == {count: n for count, n in other.added.items() if n}
    assert one.bucket == other.bucket


@pytest.mark.parametrize("kind", [NominationMoved, NominationKept])
def test_a_nomination_that_nothing_has_made_does_not_move(kind: Any) -> None:
    events = history().events
    place = next(place for place, event in enumerate(events) if isinstance(event, kind))
    for before, wrong in (
        (events[:1], events[place]),
        (events[:place], events[place].model_copy(update={"person": "another"})),
    ):
        with pytest.raises(Impossible):
            folded([*before, wrong])
