"""Who may leave decisions to whom, for which time, and what one may do then."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from services.enrolment.directory import POSTS, Acting
from services.enrolment.directory.domain.posts import Holding
from services.enrolment.seats.domain.approvals import Decider, require_step, steps_of
from services.enrolment.seats.domain.delegation_refusals import (
    DelegateAway,
    DelegateIsYourself,
    DelegationBackwards,
    DelegationNotNow,
    NothingToDelegate,
)
from services.enrolment.seats.domain.delegations import STEPS_OF_POSTS, Delegation, by_post, delegate, revoked
from services.enrolment.seats.domain.delegations import given as told
from services.enrolment.seats.http.delegation_routes import stand_in
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.directory import InPost
from shared.events.seats import Approver
from shared.rights import Principal, Role, Scope
from tests.unit.enrolment.seats.builders import NOW, S, nomination

DAY = timedelta(days=1)
HEAD = Principal("head", frozenset({Role.SUPERVISOR}), "PO-50")
SUPERVISOR, UNIT_HR, ORGANISER = Approver


def given(by: Principal = HEAD, to: str = "deputy", days: int = 5, away: tuple[Delegation, ...] = ()) -> Delegation:
    return delegate(by, to, NOW, NOW + days * DAY, away, id="d", at=NOW)


# By role: the steps that are left to somebody else; none means that there is nothing to leave.
STEPS = {
    Role.SUPERVISOR: (SUPERVISOR,),
    Role.PROVINCIAL_HR: (UNIT_HR,),
    Role.HR_OFFICER: (ORGANISER,),
    **dict.fromkeys(set(Role) - {Role.SUPERVISOR, Role.PROVINCIAL_HR, Role.HR_OFFICER}, ()),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("unit", ["PO-50", None])
def test_whose_steps_can_be_left_to_another(role: Role, unit: str | None) -> None:
    by = Principal("head", frozenset({role}), unit)
    if unit is None or not STEPS[role]:
        with pytest.raises(NothingToDelegate):
            given(by)
        return
    made = given(by)
    assert (made.absent, made.unit, made.steps, made.delegate) == ("head", unit, STEPS[role], "deputy")
    assert steps_of(made.in_the_name_of) == steps_of(by)


def test_the_steps_of_all_roles_are_left() -> None:
    assert given(Principal("head", frozenset({Role.SUPERVISOR, Role.LEARNER, Role.PROVINCIAL_HR}), "PO-50")).steps == (
        SUPERVISOR,
        UNIT_HR,
    )


@pytest.mark.parametrize(
    ("to", "days", "away", "refusal"),
    [
        ("head", 1, (), DelegateIsYourself),
        ("deputy", 0, (), DelegationBackwards),
        ("deputy", -1, (), DelegationBackwards),
        ("deputy", 1, (timedelta(0), DAY), DelegateAway),
        ("deputy", 2, (DAY, 3 * DAY), DelegateAway),
        ("deputy", 1, (-DAY, timedelta(0)), None),
        ("deputy", 1, (DAY, 2 * DAY), None),
    ],
)
def test_to_whom(to: str, days: int, away: tuple[timedelta, timedelta], refusal: type[Refused] | None) -> None:
    known = tuple(
        replace(given(), absent="deputy", delegate="third", starts_at=NOW + since, ends_at=NOW + until)
        for since, until in ([away] if away else [])
    )
    if refusal is None:
        assert given(to=to, days=days, away=known).delegate == to
        assert given(to=to, days=9, away=tuple(replace(one, ended=True) for one in known)).delegate == to
    else:
        with pytest.raises(refusal):
            given(to=to, days=days, away=known)


def test_a_stand_in_decides_as_the_one_who_is_away_and_no_longer() -> None:
    caller = stand_in(Principal("deputy", frozenset({Role.LEARNER}), None), given())
    by = caller.decider
    assert (by.subject, by.on_behalf_of, by.people) == ("deputy", "head", ("deputy", "head"))
    assert (caller.scope.unit, caller.scope.all, caller.drafts, caller.counts) == ("PO-50", False, False, Scope())
    one = nomination("n", S, "anan")
    for days, open_ in ((-1, False), (0, True), (4, True), (5, False)):
        if open_:
            require_step(one, "PERS", by, NOW + days * DAY)
        else:
            with pytest.raises(DelegationNotNow):
                require_step(one, "PERS", by, NOW + days * DAY)


def test_what_a_stand_in_is_for_is_no_longer_than_what_the_other_may() -> None:
    """Nobody acts for those for whom the other acts."""
    caller = stand_in(Principal("deputy", frozenset({Role.HR_OFFICER, Role.SUPERVISOR}), "OPS"), given())
    assert set(caller.steps) == {SUPERVISOR}
    assert isinstance(caller.decider, Decider)
    assert not caller.scope.covers_unit("PERS")


@pytest.mark.parametrize(
    ("role", "step", "organiser", "seen"),
    [
        (Role.SUPERVISOR, SUPERVISOR, "PERS", Scope(unit="PO-50")),
        (Role.SUPERVISOR, UNIT_HR, "PERS", Scope()),
        (Role.SUPERVISOR, ORGANISER, "PO-50", Scope()),
        (Role.PROVINCIAL_HR, UNIT_HR, "PERS", Scope(unit="PO-50")),
        (Role.HR_OFFICER, ORGANISER, "PO-50", Scope(all=True)),
        (Role.HR_OFFICER, ORGANISER, None, Scope(all=True)),
        (Role.HR_OFFICER, ORGANISER, "PERS", Scope()),
    ],
)
def test_what_a_stand_in_sees(role: Role, step: Approver, organiser: str | None, seen: Scope) -> None:
    assert given(Principal("head", frozenset({role}), "PO-50")).scope_of(step, organiser) == seen


def test_what_is_told_of_a_delegation() -> None:
    made = given()
    event, end = told(made), revoked(made)
    assert (event.aggregate, event.key, event.absent, event.delegate) == (
        "delegation:PO-50:d",
        "PO-50",
        "head",
        "deputy",
    )
    assert (event.steps, event.starts_at, event.ends_at) == ((SUPERVISOR,), NOW, NOW + 5 * DAY)
    assert (end.aggregate, end.delegate, end.steps) == ("delegation:PO-50:d", "deputy", (SUPERVISOR,))


# ---- by the post in which somebody acts

FIRST, LAST = date(2024, 5, 13), date(2024, 5, 17)
DEPUTY = Principal("deputy", frozenset({Role.LEARNER}), None)


def acting(holder: str | None = "head", last: date | None = LAST, post: str = "PROV_HEAD") -> Delegation:
    return by_post(Acting(Holding("h", "PO-50", post, "deputy", InPost.ACTING, FIRST, last), holder))


def test_every_post_is_that_of_the_superior_of_a_unit() -> None:
    assert STEPS_OF_POSTS.keys() == POSTS.keys()
    assert {acting(post=post).steps for post in POSTS} == {(SUPERVISOR,)}


@pytest.mark.parametrize("holder", ["head", None])
@pytest.mark.parametrize("last", [LAST, None])
def test_who_acts_as_head_decides_as_the_superior_on_these_days(holder: str | None, last: date | None) -> None:
    by = stand_in(DEPUTY, acting(holder, last)).decider
    assert by.people == (("deputy",) if holder is None else ("deputy", "head"))
    assert dict(by.steps) == {SUPERVISOR: Scope(unit="PO-50")}
    one, second = nomination("n", S, "anan"), timedelta(seconds=1)
    begins, ends = (datetime.combine(day, time(), BANGKOK) for day in (FIRST, LAST + DAY))
    for now in (begins, ends - second, *([] if last else [ends])):
        require_step(one, "PERS", by, now)
    for now in (begins - second, *([ends] if last else [])):
        with pytest.raises(DelegationNotNow):
            require_step(one, "PERS", by, now)
