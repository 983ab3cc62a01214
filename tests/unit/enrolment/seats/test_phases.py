"""What may be done about seats when: every phase of a run times every command, and the seat that comes free."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.commands import Command, EnterLate
from services.enrolment.seats.domain.phases import ALLOWED, SETTLES, Phase, phase_of, require_seats_open
from services.enrolment.seats.domain.transitions import Action
from shared.errors import Refused
from shared.events.seats import Approver, NominationState
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import (
    CALLER,
    ENDS,
    NOW,
    START,
    C,
    D,
    S,
    W,
    board,
    bucket,
    by_whom,
    decide,
    nominate,
    nomination,
    person,
    run,
    states,
    substitute,
)

SECOND: Final = timedelta(seconds=1)
LATE: Final = EnterLate("run", "anan", None, "มาแทนผู้ที่ลา", "new")
COMMANDS: Final[tuple[Command, ...]] = (
    nominate("anan"),
    decide(Action.APPROVE, "s"),
    decide(Action.REJECT, "s"),
    decide(Action.WITHDRAW, "c"),
    substitute("c", "anan"),
    LATE,
    decide(Action.KEEP, "c"),
    decide(Action.RELEASE, "c"),
    decide(Action.ACCEPT, "o"),
    decide(Action.DECLINE, "o"),
)
WHEN: Final[dict[Phase, tuple[RunState, datetime]]] = {
    Phase.PLANNED: (RunState.PLANNED, START + SECOND),
    Phase.OPEN: (RunState.OPEN, START - SECOND),
    Phase.CLOSED: (RunState.CLOSED, START - SECOND),
    Phase.UNDER_WAY: (RunState.CLOSED, START),
    Phase.SETTLING: (RunState.OPEN, ENDS),
    Phase.ENDED: (RunState.OPEN, ENDS + SETTLES),
    Phase.CANCELLED: (RunState.CANCELLED, NOW),
}
# In the order of COMMANDS; "+" is accepted.
GRID: Final = {
    Phase.PLANNED: " ".join(["nomination-not-open"] * 10),
    Phase.OPEN: "+ + + + + run-not-started + + + +",
    Phase.CLOSED: "run-closed + + + + run-not-started + + + +",
    Phase.UNDER_WAY: "run-started run-started run-started + run-started + + + run-started run-started",
    Phase.SETTLING: "run-ended run-ended run-ended run-ended run-ended + run-ended run-ended run-ended run-ended",
    Phase.ENDED: " ".join(["run-ended"] * 10),
    Phase.CANCELLED: " ".join(["run-cancelled"] * 10),
}
CELLS: Final = [
    (phase, command, outcome)
    for phase, row in GRID.items()
    for command, outcome in zip(COMMANDS, row.split(), strict=True)
]


def at(phase: Phase) -> tuple[OfferedRun, datetime]:
    state, now = WHEN[phase]
    return replace(run(), state=state), now


def seated_waiting_and_asked(of: OfferedRun, *, free: int = 1) -> Board:
    """One has a seat, one waits, one is offered a seat, one is not decided, and somebody has not asked."""
    nominees = [
        nomination("c", C, "chai", present_unit="PO-95.HR", asked=True),
        nomination("w", W, "wan", queue=2),
        nomination("s", S, "som", nominated_by="officer"),
        nomination("o", NominationState.OFFERED, "orn", offered_until=START),
    ]
    here = bucket(seats=2 + free, free=free, waiting=1, seq=9, open=of.open, held=1, borrowed=1)
    return board([here], [person("anan"), person("chai")], nominees, of)


def test_the_grid_is_complete() -> None:
    assert set(GRID) == set(Phase) == set(ALLOWED)
    assert {command.name for command in COMMANDS} | {"promote", "escalate", "expire", "offer", "lapse"} == {
        action.value for action in Action
    }


@pytest.mark.parametrize(("phase", "command", "outcome"), CELLS)
def test_every_phase_and_command(phase: Phase, command: Command, outcome: str) -> None:
    of, now = at(phase)
    assert phase_of(of, now) is phase
    on = seated_waiting_and_asked(of)
    if outcome == "+":
        assert on.decide(command, by_whom(command), now).events
        return
    with pytest.raises(Refused) as refusal:
        on.decide(command, by_whom(command), now)
    assert (refusal.value.code, on.changes) == (outcome, [])


@pytest.mark.parametrize(
    ("state", "when", "code"),
    [
        (RunState.PLANNED, START - SECOND, None),
        (RunState.PLANNED, ENDS, None),
        (RunState.OPEN, START - SECOND, None),
        (RunState.OPEN, START, None),
        (RunState.OPEN, ENDS, "run-ended"),
        (RunState.CLOSED, START - SECOND, None),
        (RunState.CLOSED, START, "run-closed"),
        (RunState.CLOSED, ENDS, "run-ended"),
        (RunState.CANCELLED, NOW, "run-cancelled"),
    ],
)
def test_when_units_may_be_given_seats(state: RunState, when: datetime, code: str | None) -> None:
    of = replace(run(), state=state)
    if code is None:
        require_seats_open(of, when)
        return
    with pytest.raises(Refused) as refusal:
        require_seats_open(of, when)
    assert refusal.value.code == code


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED, Phase.UNDER_WAY])
def test_a_seat_that_comes_free_promotes_until_the_run_begins(phase: Phase) -> None:
    of, now = at(phase)
    on = seated_waiting_and_asked(of, free=0)
    on.decide(decide(Action.WITHDRAW, "c"), CALLER, now)
    begun = phase is Phase.UNDER_WAY
    assert states(on) == ({"c": D} if begun else {"c": D, "w": C})
    assert on.buckets["run:PROV_HR:PO-50"].free == int(begun)


@pytest.mark.parametrize(
    ("phase", "who", "unit", "code"),
    [
        (Phase.UNDER_WAY, "caller", "PERS", None),
        (Phase.SETTLING, "caller", "PERS", None),
        (Phase.SETTLING, "caller", "DEV", "run-ended"),
        (Phase.UNDER_WAY, "caller", "PO-50", "run-started"),
        (Phase.SETTLING, "anan", "PERS", "run-ended"),
        (Phase.ENDED, "caller", "PERS", "run-ended"),
        (Phase.CANCELLED, "caller", "PERS", "run-cancelled"),
    ],
)
def test_the_organiser_says_why_and_gives_the_seat_of_who_did_not_come_to_who_did(
    phase: Phase, who: str, unit: str, code: str | None
) -> None:
    of, now = at(phase)
    on, said = seated_waiting_and_asked(of, free=0), replace(substitute("c", "anan"), reason="มาแทน")
    caller = replace(CALLER, subject=who, steps={Approver.ORGANISER: Scope(unit=unit)})
    if code is None:
        on.decide(said, caller, now)
        assert states(on) == {"c": D, "new": C}
        assert on.buckets["run:PROV_HR:PO-50"].free == 0
        return
    with pytest.raises(Refused) as refusal:
        on.decide(said, caller, now)
    assert (refusal.value.code, on.changes) == (code, [])


def test_the_clock_of_the_run_counts() -> None:
    of = replace(run(), offset_seconds=-86_400)
    seated_waiting_and_asked(of).decide(nominate("anan"), CALLER, START)
    with pytest.raises(Refused) as refusal:
        seated_waiting_and_asked(of).decide(nominate("anan"), CALLER, START + timedelta(days=1))
    assert refusal.value.code == "run-started"


@pytest.mark.parametrize(
    ("command", "caller", "code"),
    [
        (LATE, "anan", "own-nomination"),
        (replace(LATE, person="chai"), "officer", "already-nominated"),
        (replace(LATE, person="nobody"), "officer", "unknown-person"),
        (replace(LATE, target="CENTRAL_HR"), "officer", "wrong-scope"),
    ],
)
def test_late_entries_that_are_refused(command: EnterLate, caller: str, code: str) -> None:
    of, now = at(Phase.UNDER_WAY)
    with pytest.raises(Refused) as refusal:
        seated_waiting_and_asked(of).decide(command, replace(CALLER, subject=caller), now)
    assert refusal.value.code == code


@pytest.mark.parametrize("command", [LATE, decide(Action.KEEP, "c"), decide(Action.RELEASE, "c")])
def test_what_is_the_organisers_is_refused_to_officers_of_other_units(command: Command) -> None:
    """It is organised by PERS; above that unit there is the office of the permanent secretary."""
    of, now = at(Phase.UNDER_WAY)
    for unit, allowed in (("PERS", True), ("OPS", True), ("DRI", False), ("PERS.TRAINING", False), ("PO-50", False)):
        on, caller = seated_waiting_and_asked(of), replace(CALLER, steps={Approver.ORGANISER: Scope(unit=unit)})
        if allowed:
            assert on.decide(command, caller, now).events
            continue
        with pytest.raises(Refused) as refusal:
            on.decide(command, caller, now)
        assert (refusal.value.code, refusal.value.details, on.changes) == ("not-the-organiser", {"unit": "PERS"}, [])
    nobody_knows = replace(of, organiser=None)
    assert seated_waiting_and_asked(nobody_knows).decide(command, replace(CALLER, steps={}), now).events


def test_the_reason_of_a_late_entry_is_kept_with_it() -> None:
    of, now = at(Phase.UNDER_WAY)
    on = seated_waiting_and_asked(of)
    made = on.decide(LATE, CALLER, now)
    assert [(change.new, change.reason) for change in on.changes] == [(True, "มาแทนผู้ที่ลา")]
    assert (made.nomination.state, made.nomination.nominated_by) == (C, CALLER.subject)
    with pytest.raises(Refused) as refusal:
        on.decide(replace(LATE, person="chai", new_id="other"), CALLER, now)
    assert refusal.value.code == "already-nominated"
