"""Whose person was erased leaves as by a withdrawal, unless the run has ended."""

from datetime import timedelta

import pytest

from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.domain.leaving import frees_for_another, leave, may_leave
from services.enrolment.seats.domain.needed import waiters_needed
from services.enrolment.seats.domain.refusals import AlreadyNominated, SubstituteWaits
from services.enrolment.seats.domain.transitions import Action
from shared.events.seats import NominationWithdrawn, SeatConfirmed, WithdrawnBecause
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import (
    CALLER,
    NOW,
    START,
    C,
    D,
    R,
    S,
    W,
    board,
    bucket,
    decide,
    nominate,
    nomination,
    person,
    run,
    states,
    substitute,
)

OVER = run().ends_at
UNDER_WAY = START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("of", "at", "leaves", "frees"),
    [
        (run(), NOW, True, True),
        (run(open=False, ended=True), NOW, True, True),
        (run(), UNDER_WAY, True, False),
        (run(), OVER, False, False),
        (run(state=RunState.CANCELLED), NOW, False, False),
        (run(offset_seconds=86_400 * 365), NOW, False, False),
    ],
    ids=["open", "closed", "under way", "over", "cancelled", "over by its own clock"],
)
def test_what_the_calendar_says(of: OfferedRun, at: object, leaves: bool, frees: bool) -> None:
    seated = nomination("n", C, "p")
    assert (may_leave(of, seated, at), frees_for_another(of, seated, at)) == (leaves, frees)  # type: ignore[arg-type]


def test_only_what_is_live_leaves_and_only_a_seat_is_free_for_another() -> None:
    assert [may_leave(run(), nomination("n", state, "p"), NOW) for state in (S, C, W, R, D)] == [True] * 3 + [False] * 2
    assert [frees_for_another(run(), nomination("n", state, "p"), NOW) for state in (S, C, W)] == [False, True, False]


def test_the_event_says_why_and_the_next_moves_up() -> None:
    full = bucket(seats=1, free=0, waiting=1)
    left = leave(full, nomination("n", C, "p"), [nomination("next", W, "q", queue=1)], WithdrawnBecause.ERASED)
    withdrawn, seated = left.events
    assert isinstance(withdrawn, NominationWithdrawn)
    assert isinstance(seated, SeatConfirmed)
    assert withdrawn.because == WithdrawnBecause.ERASED
    assert (left.bucket.free, left.bucket.waiting, left.bucket.seq) == (0, 0, full.seq + 2)


def one_seat() -> Board:
    """Anan has the seat of an office; Busaba and then Chai wait."""
    names = ("anan", "busaba", "chai")
    waiting = [nomination(name, W, name, queue=n) for n, name in enumerate(names[1:], 1)]
    full = bucket(seats=1, free=0, waiting=2, seq=3)
    return board([full], [person(name) for name in names], [nomination("anan", C, "anan"), *waiting])


def test_a_substitute_who_waits_is_offered_the_swap() -> None:
    on = one_seat()
    with pytest.raises(SubstituteWaits) as raised:
        on.decide(substitute("anan", "chai"), CALLER, NOW)
    path = "/api/enrolment/runs/run/nominations/chai"
    assert raised.value.details == {"nomination": "chai", "path": path, "state": "WAITLISTED"}
    assert not on.changes


def test_the_swap_ends_the_wait_and_takes_the_seat_in_one_step() -> None:
    on = one_seat()
    decision = on.decide(substitute("anan", "chai", swap=True), CALLER, NOW)
    first, second, third = decision.events
    assert isinstance(first, NominationWithdrawn)
    assert isinstance(second, NominationWithdrawn)
    assert isinstance(third, SeatConfirmed)
    assert (first.nomination, first.because, first.replaced_by) == ("chai", WithdrawnBecause.SWAPPED, None)
    assert (second.nomination, second.because, second.replaced_by) == ("anan", None, "new")
    assert (decision.nomination.person, decision.bucket.free, decision.bucket.waiting) == ("chai", 0, 1)
    assert [change.nomination.id for change in on.changes] == ["chai", "anan", "new"]  # one live nomination at a time
    assert states(on) == {"chai": "WITHDRAWN", "anan": "WITHDRAWN", "new": "CONFIRMED"}


def test_in_a_batch_the_next_moves_up_although_the_first_was_swapped_in() -> None:
    commands: list[Command] = [substitute("anan", "busaba", swap=True), decide(Action.WITHDRAW, "anan")]
    assert waiters_needed(commands, one_seat().nominations) == {"run:PROV_HR:PO-50": 2}
    assert waiters_needed([substitute("anan", "busaba")], one_seat().nominations) == {}
    on = one_seat()
    on.decide(commands[0], CALLER, NOW)
    on.decide(decide(Action.WITHDRAW, "new"), CALLER, NOW)
    assert states(on) == {"busaba": "WITHDRAWN", "anan": "WITHDRAWN", "new": "WITHDRAWN", "chai": "CONFIRMED"}


@pytest.mark.parametrize(("unit", "told"), [("PO-50", True), ("PO-95", False)])
def test_the_nomination_there_is_named_to_those_who_see_it(unit: str, told: bool) -> None:
    """Chai was nominated by Chiang Mai, and now belongs to Yala."""
    moved = person("chai", f"{unit}.HR")
    of_both = [bucket(seats=2, free=1), bucket("PO-95")]
    on = board(of_both, [moved], [nomination("n", C, "chai")])
    with pytest.raises(AlreadyNominated) as raised:
        on.decide(nominate("chai"), Caller("officer", Scope(unit=unit, names=True)), NOW)
    assert bool(raised.value.details) is told
