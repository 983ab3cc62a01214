"""A run whose nominations are taken again: who is asked, and what is remembered."""

from datetime import timedelta

from services.notification.domain import Kind, RunState
from services.notification.reacting import ReactionBatch
from shared.events.catalogue import RunClosed, RunOpened, RunReopened
from tests.unit.notification.builders import NOW, enveloped, run_fields, scheduled
from tests.unit.notification.test_handlers import confirmed, notified, reacted, seat


def test_when_nominations_are_taken_again_the_units_with_open_seats_are_asked_and_nobody_else_is_told() -> None:
    before = [
        enveloped(scheduled()),
        enveloped(RunOpened(**run_fields(), units=("PO-50", "PO-95")), seq=2),
        seat(confirmed()),
        enveloped(RunClosed(**run_fields()), seq=3),
    ]
    batch, deadline = reacted(*before), NOW + timedelta(days=2)
    batch.messages.clear()
    again = RunReopened(**run_fields(), units=("PO-95",), closes_at=deadline)

    reacted(enveloped(again, seq=4, occurred_at=NOW + timedelta(hours=1)), batch=batch)

    assert notified(batch) == [(Kind.NOMINATIONS_REOPENED, "PO-95")]
    assert not batch.begun
    run = batch.runs["run-1"]
    assert (run.state, run.closes_at, run.opened_at) == (RunState.OPEN, deadline, NOW + timedelta(hours=1))
    assert run.units == ("PO-50", "PO-95")  # all of them learn of it when it is cancelled
    silent = reacted(*before, enveloped(again, seq=4), batch=ReactionBatch(NOW, silent=True))
    assert notified(silent) == []
