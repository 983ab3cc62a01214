"""The checks of nominations: what is found, what follows by the policy, and that it never changes what was asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import (
    CHECKS,
    ApprovalStep,
    Check,
    Checks,
    Judged,
    NotEligible,
    OfferedRun,
    OtherRun,
    Policy,
    Route,
    TargetGroup,
    TargetScope,
)
from services.enrolment.seats.domain.approval_refusals import NotYourStep
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.checks import (
    CODES,
    MOST_WARNINGS,
    NominationWarning,
    Warnings,
    bounded,
    codes_of,
    judged,
    looks_back,
    looks_elsewhere,
)
from services.enrolment.seats.domain.clash import clash
from services.enrolment.seats.domain.commands import Caller, Command, EnterLate
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.repeated import repeats, window, years_on
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.http.warnings import SENTENCES, warnings_response
from services.enrolment.seats.storage.warnings import warned_fields, warnings_of
from shared.errors import Refused
from shared.events.seats import Approver, NominationState, Rank, WarningCode
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import (
    CALLER,
    ENDS,
    EVERYTHING,
    NOW,
    ONE_STEP,
    START,
    C,
    S,
    W,
    board,
    bucket,
    decide,
    nominate,
    nomination,
    person,
    run,
    substitute,
)

OFF, WARN, REFUSE = Policy.OFF, Policy.WARN, Policy.REFUSE
CLASH = NominationWarning(WarningCode.CLASH, "other", "PO-50.HR")
ENCLOSED = NominationWarning(WarningCode.CLASH_ENCLOSED, "other", "PO-50.HR")
REPEATED = NominationWarning(WarningCode.REPEATED, "other", "PO-50.HR")
UNCERTIFIED = NominationWarning(WarningCode.PREREQUISITE_MISSING)
TRAINED = NominationWarning(WarningCode.HOURS_REACHED)
PEOPLE = [person("anan"), person("busaba"), person("pers", "PERS")]
CENTRE = TargetGroup("CENTRE", TargetScope.CENTRAL)
HOUR = timedelta(hours=1)


# ---- the table


def test_every_code_belongs_to_a_check_of_nominations_and_has_its_sentences() -> None:
    assert set(CODES) == set(WarningCode) == set(SENTENCES)
    of_nominations = {check for check, rule in CHECKS.items() if rule.judged is Judged.NOMINATION}
    assert {check for check, _ in CODES.values()} == of_nominations


def test_a_code_is_that_of_the_refusal() -> None:
    rules = {kind.code for kind in NotEligible.__subclasses__()}
    assert {code.value for code, (check, _) in CODES.items() if check is Check.ELIGIBILITY} == rules
    assert all(kind.code == code for code, (check, kind) in CODES.items() if check is not Check.ELIGIBILITY)


@pytest.mark.parametrize("policies", list(product(Policy, repeat=5)))
def test_other_runs_and_the_past_are_looked_at_only_where_a_check_needs_them(policies: tuple[Policy, ...]) -> None:
    eligibility, clashes, repeated, prerequisite, hours = policies
    checks = Checks(eligibility, clashes, repeated=repeated, prerequisite=prerequisite, hours=hours)
    assert looks_elsewhere(checks) is ((clashes, repeated) != (OFF, OFF))
    assert looks_back(checks) is ((prerequisite, hours) != (OFF, OFF))


# ---- by the policy


@pytest.mark.parametrize("found", [CLASH, ENCLOSED, REPEATED], ids=lambda found: found.code)
@pytest.mark.parametrize("policy", list(Policy))
def test_what_is_found_is_kept_refused_or_nothing(found: NominationWarning, policy: Policy) -> None:
    checked = run(checks=Checks(clash=policy, repeated=policy), repeated_years=5)
    if policy is REFUSE:
        with pytest.raises(CODES[found.code][1]) as refused:
            judged(checked, [found], "anan", EVERYTHING)
        years = {"years": 5} if found is REPEATED else {}
        assert refused.value.details == {"run": "other", **years}
        return
    assert judged(checked, [found], "anan", EVERYTHING) == ((found,) if policy is WARN else ())


@pytest.mark.parametrize(("found", "details"), [(UNCERTIFIED, {"courses": "BASICS, LAW"}), (TRAINED, {"year": 2567})])
@pytest.mark.parametrize("policy", list(Policy))
def test_what_somebody_has_been_to_is_kept_refused_or_nothing(
    found: NominationWarning, details: dict[str, Any], policy: Policy
) -> None:
    """A run of October is of the next fiscal year, whatever that of its budget is."""
    checks = Checks(prerequisite=policy, hours=policy)
    starts = datetime(2023, 10, 1, 2, tzinfo=UTC)
    checked = run(checks=checks, prerequisites=("BASICS", "LAW"), fiscal_year=2566, starts_at=starts)
    if policy is REFUSE:
        with pytest.raises(CODES[found.code][1]) as refused:
            judged(checked, [found], "anan", EVERYTHING)
        assert refused.value.details == details
        return
    assert judged(checked, [found], "anan", EVERYTHING) == ((found,) if policy is WARN else ())


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (EVERYTHING, True),
        (Scope(unit="PO-50"), True),
        (Scope(unit="PO-95"), False),  # the person was in another office then
        (Scope(person="anan"), True),
        (Scope(person="busaba"), False),
        (Scope(), False),
    ],
)
def test_the_other_run_is_named_to_who_may_see_the_nomination_there(scope: Scope, told: bool) -> None:
    marked = nomination("n", C, "anan", warnings=(CLASH,))
    assert [row["run"] for row in warnings_response(marked, scope)] == ["other" if told else None]
    with pytest.raises(Refused) as refused:
        judged(run(checks=Checks(clash=REFUSE)), [CLASH], "anan", scope)
    assert refused.value.details == ({"run": "other"} if told else {})


def test_warnings_are_bounded_and_each_is_there_once() -> None:
    many = [NominationWarning(WarningCode.CLASH, f"r{number:02}", "PO-50") for number in range(40)]
    kept = bounded([*many, *many])
    assert len(kept) == MOST_WARNINGS
    assert codes_of(kept) == (WarningCode.CLASH,)
    assert bounded(reversed(many)) == kept


@given(st.sets(st.tuples(st.sampled_from(list(WarningCode)), st.sampled_from([None, "r1", "r2"]))))
def test_warnings_survive_storage(drawn: set[tuple[WarningCode, str | None]]) -> None:
    warnings = bounded(NominationWarning(code, other, other and "PO-50") for code, other in drawn)
    assert warnings_of(warned_fields(warnings) if warnings else {}) == warnings


# ---- clashes


def other(*sessions: tuple[float, float], lasts: tuple[float, float] | None = None) -> OtherRun:
    """Hours after the start of the run of the tests, which lasts three and a half."""
    spans = tuple((START + begins * HOUR, START + ends * HOUR) for begins, ends in sessions)
    whole = lasts or (sessions[0][0], sessions[-1][1])
    return OtherRun("other", (START + whole[0] * HOUR, START + whole[1] * HOUR), spans)


def checked(**changes: Policy) -> OfferedRun:
    return run(checks=Checks(**changes), sessions=((START, ENDS),))


@pytest.mark.parametrize(
    ("with_", "code"),
    [
        (other((-3, 0)), None),  # it ends when this one begins
        (other((3.5, 6)), None),
        (other((-3, 0.5)), "clash"),
        (other((1, 2)), "clash"),
        (other((-9, 9)), "clash"),
        (other((-24, -20), (24, 28)), "clash-enclosed"),  # a course of three days, of which this is the second
        (other((-24, -20), (1, 2), (24, 28)), "clash"),
        (other((-24, -20), lasts=(-30, 2)), None),  # it is not over, but nothing of it is left
        (other((-24, -20), lasts=(-30, 4)), "clash-enclosed"),
    ],
)
def test_two_runs_clash_by_their_sessions_or_when_one_lasts_around_the_other(with_: OtherRun, code: str | None) -> None:
    assert clash(checked(), with_) == code


def test_a_run_may_enclose_another_whichever_is_asked_for() -> None:
    outer = replace(
        checked(),
        starts_at=START - 24 * HOUR,
        ends_at=ENDS + 24 * HOUR,
        sessions=((START - 24 * HOUR, START - 20 * HOUR),),
    )
    assert clash(outer, other((0, 3))) == "clash-enclosed"


# ---- the same course again


def test_a_course_is_repeated_within_so_many_years_before_and_after() -> None:
    since, until = window(run(repeated_years=3))
    assert (since.year, until.year) == (START.year - 3, START.year + 3)
    assert (since.month, since.day, since.hour) == (START.month, START.day, START.hour)


def test_a_leap_day_has_years_before_it() -> None:
    leap = datetime(2024, 2, 29, 9, tzinfo=UTC)
    assert years_on(leap, -3) == datetime(2021, 2, 28, 9, tzinfo=UTC)
    assert years_on(leap, 4) == datetime(2028, 2, 29, 9, tzinfo=UTC)


@pytest.mark.parametrize("state", list(NominationState))
def test_only_who_had_a_seat_repeats(state: NominationState) -> None:
    assert repeats(state) is (state is C)


# ---- on the board


def of(checks: Checks, found: Warnings = (), **changes: object) -> Board:
    """One seat of Chiang Mai and one of the centre; `found` about anan."""
    on = board(
        [bucket(), bucket("OPS", target="CENTRAL_HR")],
        PEOPLE,
        of=replace(run(checks=checks), **changes),  # type: ignore[arg-type]
    )
    on.found = {"anan": found}
    return on


def done(on: Board, command: Command, by: str = "caller", scope: Scope = EVERYTHING) -> Nomination:
    steps = dict.fromkeys(Approver, EVERYTHING) if scope.all else {Approver.SUPERVISOR: scope}
    return on.decide(command, Caller(by, scope, drafts=scope.all, steps=steps), NOW).nomination


@pytest.mark.parametrize("approval", [False, True])
@pytest.mark.parametrize("policy", [OFF, WARN])
@pytest.mark.parametrize("found", [(), (CLASH,), (REPEATED,), (CLASH, REPEATED)])
def test_a_warning_never_changes_what_was_asked(found: Warnings, policy: Policy, approval: bool) -> None:
    """State, bucket and events are those of the same command without any check."""
    plain = of(Checks(), approval_route=ONE_STEP if approval else ())
    marked = of(Checks(clash=policy, repeated=policy), found, approval_route=ONE_STEP if approval else ())
    expected, given = done(plain, nominate("anan")), done(marked, nominate("anan"))
    assert replace(given, warnings=()) == expected
    assert given.warnings == (bounded(found) if policy is WARN else ())
    assert marked.buckets == plain.buckets


@pytest.mark.parametrize("found", [CLASH, ENCLOSED, REPEATED], ids=lambda found: found.code)
def test_what_is_refused_leaves_no_trace(found: NominationWarning) -> None:
    on = of(Checks(clash=REFUSE, repeated=REFUSE), (found,))
    before = (dict(on.buckets), dict(on.nominations), dict(on.live))
    with pytest.raises(Refused) as refused:
        done(on, nominate("anan"))
    assert refused.value.code == found.code
    assert ((dict(on.buckets), dict(on.nominations), dict(on.live)), on.changes) == (before, [])


def test_others_of_the_batch_have_no_part_in_it() -> None:
    on = of(Checks(clash=WARN), (CLASH,))
    assert done(on, nominate("busaba")).warnings == ()


@pytest.mark.parametrize("policy", list(Policy))
def test_somebody_outside_the_target_group_is_refused_let_in_or_marked(policy: Policy) -> None:
    on = of(Checks(eligibility=policy))
    command = nominate("anan", target="CENTRAL_HR")
    if policy is REFUSE:
        with pytest.raises(NotEligible) as refused:
            done(on, command)
        assert refused.value.code == "wrong-scope"
        return
    let_in = done(on, command)
    assert (let_in.state, let_in.bucket) == (C, "run:CENTRAL_HR:OPS")
    assert codes_of(let_in.warnings) == ((WarningCode.WRONG_SCOPE,) if policy is WARN else ())


def test_who_belongs_to_a_group_is_put_into_it_also_where_others_are_let_in() -> None:
    on = of(Checks(eligibility=WARN))
    assert (done(on, nominate("pers")).bucket, done(on, nominate("anan", "n2")).bucket) == (
        "run:CENTRAL_HR:OPS",
        "run:PROV_HR:PO-50",
    )
    assert all(not change.nomination.warnings for change in on.changes)


def test_who_is_let_in_still_needs_seats_that_the_unit_may_use() -> None:
    on = board([bucket("PO-95")], PEOPLE, of=run(checks=Checks(eligibility=WARN), targets=(CENTRE,)))
    with pytest.raises(Refused) as refused:
        done(on, nominate("anan"))
    assert refused.value.code == "no-seats-for-unit"


OUTSIDE = (WarningCode.WRONG_SCOPE,)


@pytest.mark.parametrize(
    ("policy", "target", "state", "codes"),
    [
        (WARN, "CENTRAL_HR", S, OUTSIDE),
        (OFF, "CENTRAL_HR", C, ()),
        (WARN, "PROV_HR", C, ()),
    ],
)
def test_who_applies_from_outside_waits_for_the_organiser(
    policy: Policy, target: str, state: NominationState, codes: Sequence[WarningCode]
) -> None:
    """Also where the programme has no route; who is nominated does not."""
    on = of(Checks(eligibility=policy))
    applied = done(on, nominate("anan", target=target), by="anan", scope=Scope(person="anan"))
    assert (applied.state, codes_of(applied.warnings)) == (state, tuple(codes))
    nominated = done(of(Checks(eligibility=policy)), nominate("anan", target=target))
    assert nominated.state is C


@pytest.mark.parametrize(
    ("route", "steps"),
    [
        ((), ["ORGANISER"]),
        (ONE_STEP, ["SUPERVISOR", "ORGANISER"]),
        ((ApprovalStep(Approver.ORGANISER), *ONE_STEP), ["ORGANISER", "SUPERVISOR"]),
    ],
)
def test_the_organiser_decides_on_who_has_applied_from_outside(route: Route, steps: list[str]) -> None:
    """Whatever the route of the programme is; who is nominated goes along that alone."""
    on = of(Checks(eligibility=WARN), approval_route=route)
    waits = done(on, nominate("anan", target="CENTRAL_HR"), by="anan", scope=Scope(person="anan"))
    for place, step in enumerate(steps):
        assert waits.waits_for == step
        waits = done(on, decide(Action.APPROVE, waits.id), by=f"superior-{place}")
    assert waits.state is C
    nominated = done(of(Checks(eligibility=WARN), approval_route=route), nominate("anan", target="CENTRAL_HR"))
    assert nominated.approver == (route[0].by if route else None)


def test_nobody_but_the_organiser_lets_them_in() -> None:
    on = of(Checks(eligibility=WARN))
    waits = done(on, nominate("anan", target="CENTRAL_HR"), by="anan", scope=Scope(person="anan"))
    with pytest.raises(NotYourStep):
        done(on, decide(Action.APPROVE, waits.id), by="superior", scope=Scope(unit="PO-50", names=True))


def test_a_rejection_of_who_applied_from_outside_is_anybodys_who_decides() -> None:
    applied = nomination("n", S, "anan", nominated_by="anan", warnings=(NominationWarning(WarningCode.WRONG_SCOPE),))
    on = board([bucket()], PEOPLE, [applied])
    assert not done(on, decide(Action.REJECT, "n"), scope=Scope(unit="PO-50", names=True)).live


@pytest.mark.parametrize("policy", list(Policy))
def test_a_substitute_is_checked_like_everybody(policy: Policy) -> None:
    """Of the person who takes over, not of the one who gives the seat."""
    seated = nomination("n", C, "busaba", warnings=(REPEATED,))
    on = board([bucket(free=0)], PEOPLE, [seated], of=run(checks=Checks(clash=policy)))
    on.found = {"anan": (CLASH,)}
    if policy is REFUSE:
        with pytest.raises(Refused) as refused:
            done(on, substitute("n", "anan"))
        assert refused.value.code == "clash"
        return
    assert done(on, substitute("n", "anan")).warnings == ((CLASH,) if policy is WARN else ())
    assert on.nominations["n"].warnings == (REPEATED,)


def test_who_comes_late_is_marked_as_well() -> None:
    on = of(Checks(clash=WARN, eligibility=WARN), (CLASH,))
    entered = on.decide(EnterLate("run", "anan", "CENTRAL_HR", "มาแทน", "new"), CALLER, START)
    assert set(codes_of(entered.nomination.warnings)) == {WarningCode.CLASH, WarningCode.WRONG_SCOPE}


def test_events_tell_codes_and_nothing_else() -> None:
    on = of(Checks(clash=WARN), (CLASH, replace(CLASH, run="third"), REPEATED))
    (event,) = on.decide(nominate("anan", rank=Rank.PRIMARY), Caller("caller", EVERYTHING), NOW).events
    told = event.model_dump(mode="json")
    assert told["warnings"] == ["clash"]
    assert "other" not in str(told)


def test_warnings_stay_with_a_nomination_through_its_life() -> None:
    waiting = nomination("w", W, "anan", queue=3, warnings=(CLASH,))
    on = board([bucket(free=0, waiting=1, seq=4)], PEOPLE, [nomination("n", C, "busaba"), waiting])
    decision = on.decide(decide(Action.WITHDRAW, "n"), Caller("caller", EVERYTHING), NOW)
    assert on.nominations["w"].warnings == (CLASH,)
    assert [event.model_dump()["warnings"] for event in decision.events] == [(), (WarningCode.CLASH,)]
