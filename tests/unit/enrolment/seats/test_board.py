"""Every command and every refusal on a board: bucket, window, scope and promotion."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.catalogue import OfferedRun
from services.enrolment.catalogue.domain.eligibility import (
    TargetGroup,
    TargetScope,
    WrongLevel,
    WrongScope,
    WrongUnitFunction,
)
from services.enrolment.seats.domain.board import Board, Decision
from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.domain.model import Bucket
from services.enrolment.seats.domain.needed import bucket_ids, waiters_needed
from services.enrolment.seats.domain.refusals import (
    AlreadyApproved,
    AlreadyNominated,
    AlreadyRejected,
    AlreadyWithdrawn,
    BucketClosed,
    NominationNotOpen,
    NoSeatsForUnit,
    NotConfirmed,
    SubstituteOfOtherUnit,
    UnknownNomination,
    UnknownPerson,
    UnknownRun,
    UnknownTarget,
)
from services.enrolment.seats.domain.transitions import Action
from shared.errors import Refused
from shared.events.seats import Approver, NominationSubmitted, NominationWithdrawn, Rank, SeatConfirmed
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import (
    CENTRAL_HR,
    EVERYTHING,
    NOW,
    ONE_STEP,
    PROV_HR,
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

HEADS = TargetGroup("HEADS", TargetScope.PROVINCIAL, levels=("M2",))
EVERYBODY = TargetGroup("ALL", TargetScope.BOTH)
PEOPLE = [person("anan"), person("busaba"), person("chai"), person("yala", "PO-95.HR"), person("pers", "PERS.TRAINING")]


def of_one_seat(of: OfferedRun | None = None) -> Board:
    """Chiang Mai's one seat, taken; two wait (the first of them a reserve), one is submitted, two have ended."""
    states = [("c", C, None), ("w1", W, 3), ("w2", W, 4), ("s", S, None), ("r", R, None), ("d", D, None)]
    known = [nomination(id, state, f"of-{id}", queue=queue) for id, state, queue in states]
    known[1] = replace(known[1], rank=Rank.RESERVE)
    return board([bucket(free=0, waiting=2, seq=9)], PEOPLE, known, of)


def all_of(on: Board) -> dict[str, Any]:
    """Everything that a command could have changed."""
    return {
        "buckets": dict(on.buckets),
        "read": dict(on.read),
        "nominations": dict(on.nominations),
        "people": dict(on.people),
        "live": dict(on.live),
        "queues": {key: list(queue) for key, queue in on.queues.items()},
        "changes": list(on.changes),
        "news": on.changed_buckets(),
    }


def do(on: Board, command: Command, scope: Scope = EVERYTHING, now: datetime = NOW) -> Decision:
    return on.decide(command, Caller("caller", scope, drafts=scope.all, steps=dict.fromkeys(Approver, EVERYTHING)), now)


def refused(on: Board, command: Command, scope: Scope = EVERYTHING, now: datetime = NOW) -> Refused:
    """The refusal of the command, which leaves the board unchanged."""
    before = all_of(on)
    with pytest.raises(Refused) as refusal:
        on.decide(command, Caller("caller", scope, drafts=scope.all, steps=dict.fromkeys(Approver, EVERYTHING)), now)
    assert all_of(on) == before
    return refusal.value


# ---- accepted commands


def test_a_nomination_takes_the_seat_and_copies_the_place() -> None:
    on = board([bucket()], PEOPLE)
    outcome = do(on, nominate("anan", rank=Rank.PRIMARY))
    assert on.nominations["new"] == nomination("new", C, "anan", nominated_by="caller")
    assert [change.nomination for change in on.changes] == [on.nominations["new"]]
    assert on.live == {"anan": on.nominations["new"]}
    assert on.buckets["run:PROV_HR:PO-50"] == outcome.bucket == bucket(free=0, seq=2)
    assert [type(event) for event in outcome.events] == [SeatConfirmed]


def test_with_an_approval_route_a_nomination_is_only_submitted() -> None:
    on = board([bucket()], PEOPLE, of=run(approval_route=ONE_STEP))
    outcome = do(on, nominate("anan"))
    assert states(on) == {"new": S}
    assert outcome.bucket.free == 1
    assert [type(event) for event in outcome.events] == [NominationSubmitted]


@pytest.mark.parametrize(
    ("action", "of", "changed", "free", "waiting"),
    [
        (Action.APPROVE, "s", {"s": W}, 0, 3),
        (Action.REJECT, "s", {"s": R}, 0, 2),
        (Action.WITHDRAW, "s", {"s": D}, 0, 2),
        (Action.WITHDRAW, "w1", {"w1": D}, 0, 1),
        (Action.WITHDRAW, "w2", {"w2": D}, 0, 1),
        (Action.WITHDRAW, "c", {"c": D, "w1": C}, 0, 1),
    ],
)
def test_decisions(action: Any, of: str, changed: dict[str, str], free: int, waiting: int) -> None:
    on = of_one_seat()
    after = do(on, decide(action, of)).bucket
    assert states(on) == changed
    assert (after.free, after.waiting, after.seq) == (free, waiting, 9 + len(changed))
    assert on.nominations.keys() == of_one_seat().nominations.keys()


def test_a_substitute_is_live_and_the_person_replaced_is_not() -> None:
    on = of_one_seat()
    outcome = do(on, substitute("c", "anan"))
    assert states(on) == {"c": D, "new": C}
    assert on.nominations["new"].replaces == "c"
    assert on.live["anan"].id == "new"
    assert "of-c" not in on.live
    assert [type(event) for event in outcome.events] == [NominationWithdrawn, SeatConfirmed]
    assert [row.id for row in on.queues["run:PROV_HR:PO-50"]] == ["w1", "w2"], "nobody moves up"


def test_the_substitute_of_a_promoted_reserve_is_a_reserve() -> None:
    on = of_one_seat()
    do(on, decide(Action.WITHDRAW, "c"))
    do(on, substitute("w1", "anan"))
    assert (on.nominations["new"].rank, on.nominations["new"].state) == (Rank.RESERVE, C)


# ---- refused commands


@pytest.mark.parametrize(
    ("command", "refusal", "details"),
    [
        (nominate("nobody"), UnknownPerson, {"person": "nobody"}),
        (nominate("anan", target="NONE"), UnknownTarget, {"target": "NONE"}),
        (nominate("yala"), NoSeatsForUnit, {"unit": "PO-95"}),
        (nominate("pers"), NoSeatsForUnit, {"unit": "PERS"}),
        (nominate("pers", target="PROV_HR"), WrongScope, {"target": "PROV_HR", "scope": "PROVINCIAL"}),
        (decide(Action.APPROVE, "none"), UnknownNomination, {"nomination": "none"}),
        (decide(Action.REJECT, "none"), UnknownNomination, {"nomination": "none"}),
        (decide(Action.WITHDRAW, "none"), UnknownNomination, {"nomination": "none"}),
        (decide(Action.APPROVE, "c"), AlreadyApproved, {"state": "CONFIRMED"}),
        (decide(Action.APPROVE, "w1"), AlreadyApproved, {"state": "WAITLISTED"}),
        (decide(Action.REJECT, "c"), AlreadyApproved, {"state": "CONFIRMED"}),
        (decide(Action.APPROVE, "r"), AlreadyRejected, {"state": "REJECTED"}),
        (decide(Action.WITHDRAW, "r"), AlreadyRejected, {"state": "REJECTED"}),
        (decide(Action.WITHDRAW, "d"), AlreadyWithdrawn, {"state": "WITHDRAWN"}),
        (substitute("none", "anan"), UnknownNomination, {"nomination": "none"}),
        (substitute("c", "nobody"), UnknownPerson, {"person": "nobody"}),
        (substitute("s", "anan"), NotConfirmed, {"state": "SUBMITTED"}),
        (substitute("w1", "anan"), NotConfirmed, {"state": "WAITLISTED"}),
        (substitute("r", "anan"), AlreadyRejected, {"state": "REJECTED"}),
        (substitute("d", "anan"), AlreadyWithdrawn, {"state": "WITHDRAWN"}),
        (substitute("c", "yala"), SubstituteOfOtherUnit, {"unit": "PO-50"}),
        (substitute("c", "pers"), WrongScope, {"target": "PROV_HR", "scope": "PROVINCIAL"}),
    ],
)
def test_every_refusal(command: Command, refusal: type[Refused], details: dict[str, object]) -> None:
    raised = refused(of_one_seat(), command)
    assert (type(raised), raised.details) == (refusal, details)


def test_a_person_has_one_live_nomination_in_a_run() -> None:
    on = board([bucket(seats=3)], PEOPLE)
    do(on, nominate("anan", "n1"))
    do(on, nominate("busaba", "n2"))
    there = {"nomination": "n1", "path": "/api/enrolment/runs/run/nominations/n1", "state": "CONFIRMED"}
    for command in (nominate("anan"), substitute("n2", "anan"), substitute("n1", "anan"), substitute("n2", "anan")):
        raised = refused(on, command)
        assert (type(raised), raised.details) == (AlreadyNominated, there)


@pytest.mark.parametrize("action", [Action.REJECT, Action.WITHDRAW])
def test_a_withdrawn_or_rejected_person_may_be_nominated_again(action: Any) -> None:
    on = board([bucket()], PEOPLE, of=run(approval_route=ONE_STEP))
    do(on, nominate("anan", "n1"))
    do(on, decide(action, "n1"))
    do(on, nominate("anan", "n2"))
    assert on.live == {"anan": on.nominations["n2"]}


@pytest.mark.parametrize(
    "command",
    [decide(Action.APPROVE, "s"), decide(Action.REJECT, "s"), decide(Action.WITHDRAW, "c"), substitute("c", "anan")],
)
def test_a_closed_bucket_refuses_new_nominations_only(command: Command) -> None:
    """Also when the run was read before it was closed."""
    on = of_one_seat()
    on.buckets["run:PROV_HR:PO-50"] = replace(on.buckets["run:PROV_HR:PO-50"], open=False)
    raised = refused(on, nominate("anan"))
    do(on, command)
    assert (type(raised), raised.details) == (BucketClosed, {"unit": "PO-50", "target": "PROV_HR"})


# ---- window


@pytest.mark.parametrize("buckets", [[], [bucket(open=False)]])
@pytest.mark.parametrize(("ended", "refusal"), [(True, BucketClosed), (False, NominationNotOpen)])
def test_a_planned_run_is_not_reported_as_closed(buckets: list[Bucket], ended: bool, refusal: type[Refused]) -> None:
    """Whichever buckets other commands of the batch have loaded onto the board."""
    on = board(buckets, PEOPLE, of=run(open=False, ended=ended))
    assert type(refused(on, nominate("anan"))) is refusal


OPENS, CLOSES = NOW, NOW + timedelta(days=10)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("opens", "closes", "now", "taken"),
    [
        (OPENS, CLOSES, OPENS - TICK, False),
        (OPENS, CLOSES, OPENS, True),
        (OPENS, CLOSES, CLOSES - TICK, True),
        (OPENS, CLOSES, CLOSES, False),
        (None, CLOSES, OPENS - timedelta(days=1000), True),
        (None, CLOSES, CLOSES, False),
        (OPENS, None, OPENS - TICK, False),
        (OPENS, None, START - TICK, True),
    ],
)
def test_the_window_opens_and_closes_at_the_exact_second(
    opens: datetime | None, closes: datetime | None, now: datetime, taken: bool
) -> None:
    on = board([bucket()], PEOPLE, of=run(opens_at=opens, closes_at=closes))
    if taken:
        do(on, nominate("anan"), now=now)
    else:
        assert type(refused(on, nominate("anan"), now=now)) is NominationNotOpen


def test_the_window_applies_only_to_nominations() -> None:
    on = of_one_seat(run(opens_at=OPENS, closes_at=CLOSES))
    for command in (substitute("c", "anan"), decide(Action.APPROVE, "s"), decide(Action.WITHDRAW, "new")):
        do(on, command, now=CLOSES)
    assert states(on) == {"c": D, "new": D, "s": W, "w1": C}


# ---- scope


@pytest.mark.parametrize("command", [nominate("anan"), decide(Action.WITHDRAW, "c"), substitute("c", "anan")])
@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (Scope(unit="PO-50"), True),
        (Scope(unit="PO-50.HR"), True),
        (Scope(unit="PO-50", person="anan"), True),
        (Scope(unit="PO-50.ADM"), False),
        (Scope(unit="PO-95"), False),
        (Scope(unit="PO-5"), False),
        (Scope(unit="OPS"), False),
        (Scope(person="yala"), False),
        (Scope(), False),
    ],
)
def test_scopes(command: Command, scope: Scope, covered: bool) -> None:
    on = board([bucket(seats=2, free=1)], PEOPLE, [nomination("c", C, "of-c")])
    if covered:
        do(on, command, scope)
    else:
        raised, missing = refused(on, command, scope), refused(board([bucket(seats=2, free=1)], []), command)
        assert (type(raised), raised.details) == (type(missing), missing.details)


def test_the_own_scope_covers_only_the_caller() -> None:
    on, own = board([bucket()], PEOPLE), Scope(person="anan")
    do(on, nominate("anan", "n1"), own)
    assert type(refused(on, nominate("busaba"), own)) is UnknownPerson
    assert type(refused(on, substitute("n1", "busaba"), own)) is UnknownPerson
    do(on, decide(Action.WITHDRAW, "n1"), own)
    assert states(on) == {"n1": D}


def test_the_office_of_the_permanent_secretary_covers_the_central_units() -> None:
    on = board([bucket("OPS", target="CENTRAL_HR")], PEOPLE)
    do(on, nominate("pers"), Scope(unit="OPS"))
    assert states(on) == {"new": C}


def test_a_substitute_must_be_in_scope_too() -> None:
    raised = refused(of_one_seat(), substitute("c", "yala"), Scope(unit="PO-50"))
    assert (type(raised), raised.details) == (UnknownPerson, {"person": "yala"})


def test_a_run_that_was_never_open_is_there_for_insiders_only() -> None:
    draft = board([bucket(open=False)], PEOPLE, of=run(open=False))
    for command in (nominate("anan"), decide(Action.APPROVE, "c"), substitute("c", "anan")):
        assert type(refused(draft, command, Scope(unit="PO-50"))) is UnknownRun
    assert type(refused(draft, nominate("anan"))) is NominationNotOpen


# ---- which bucket


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (["PO-50.HR", "PO-50", "PO", "OPS"], "PO-50.HR"),
        (["PO-50", "PO"], "PO-50"),
        (["PO", "OPS"], "PO"),
        (["PO-50.ADM", "PO-95", "PO"], "PO"),
    ],
)
def test_the_nearest_bucket_is_taken(there: list[str], chosen: str) -> None:
    on = board([bucket(unit) for unit in there], PEOPLE)
    assert do(on, nominate("anan")).bucket.bucket_unit == chosen


def test_a_full_bucket_does_not_pass_people_on_to_the_next() -> None:
    on = board([bucket("PO-50", free=0), bucket("PO", seats=5)], PEOPLE)
    assert do(on, nominate("anan")).bucket.bucket_unit == "PO-50"
    assert states(on) == {"new": W}


@pytest.mark.parametrize(
    ("requested", "level", "there", "chosen"),
    [
        (None, "M2", [("HEADS", "PO"), ("ALL", "PO-50")], "HEADS:PO"),
        (None, "K3", [("HEADS", "PO-50"), ("ALL", "PO")], "ALL:PO"),
        (None, "M2", [("ALL", "PO-50")], "ALL:PO-50"),
        ("ALL", "M2", [("HEADS", "PO-50"), ("ALL", "PO")], "ALL:PO"),
        ("HEADS", "K3", [("HEADS", "PO-50"), ("ALL", "PO-50")], WrongLevel),
        ("HEADS", "M2", [("ALL", "PO-50")], NoSeatsForUnit),
        (None, "K3", [("HEADS", "PO-50")], NoSeatsForUnit),
    ],
)
def test_the_first_target_group_that_fits_and_has_seats(
    requested: str | None, level: str, there: list[tuple[str, str]], chosen: str | type[Refused]
) -> None:
    buckets = [bucket(unit, target=target) for target, unit in there]
    on = board(buckets, [person("anan", level=level)], of=run(targets=(HEADS, EVERYBODY)))
    if isinstance(chosen, str):
        assert do(on, nominate("anan", target=requested)).bucket.id == f"run:{chosen}"
    else:
        assert type(refused(on, nominate("anan", target=requested))) is chosen


def test_a_person_who_fits_no_group_gets_the_refusal_of_the_first() -> None:
    on = board([bucket()], [person("anan", "PO-50.ADM")], of=run(targets=(PROV_HR, CENTRAL_HR)))
    raised = refused(on, nominate("anan"))
    assert (type(raised), raised.details["target"]) == (WrongUnitFunction, "PROV_HR")


def test_bucket_ids_are_nearest_first_without_duplicates() -> None:
    assert bucket_ids("r", ("T",), "PO-50.HR") == ["r:T:PO-50.HR", "r:T:PO-50", "r:T:PO"]
    assert bucket_ids("r", ("T",), "PERS.A") == ["r:T:PERS.A", "r:T:PERS", "r:T:OPS"]
    assert bucket_ids("r", ("T", "U"), "OPS") == ["r:T:OPS", "r:U:OPS"]


def test_only_withdrawals_need_a_waiting_list_and_each_one_place_of_it() -> None:
    known = [nomination(id, C, f"of-{id}") for id in "abc"] + [
        nomination("d", W, "of-d", bucket="run:PROV_HR:PO-51", queue=2)
    ]
    commands: list[Command] = [
        nominate("anan"),
        decide(Action.REJECT, "a"),
        decide(Action.WITHDRAW, "b"),
        decide(Action.WITHDRAW, "b"),
        decide(Action.WITHDRAW, "d"),
        decide(Action.WITHDRAW, "unknown"),
        substitute("c", "anan"),
    ]
    needed = waiters_needed(commands, {nominee.id: nominee for nominee in known})
    assert needed == {"run:PROV_HR:PO-50": 2, "run:PROV_HR:PO-51": 1}
