"""Registers and certificates: numbers without a gap, the whole grid of states and actions, and what is published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.certificates.domain.certificates import TRANSITIONS, Action, Certificate, State, Wording
from services.enrolment.certificates.domain.refusals import CertificateNameErased
from services.enrolment.certificates.domain.registers import (
    Draft,
    Register,
    issue,
    put_in_place,
    register_of,
    revoke,
)
from shared.errors import Refused
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.envelope import Event
from shared.events.seats import Place

AT = datetime(2020, 9, 2, 3, tzinfo=UTC)
PLACE = Place(unit="PO-50.HR", province="50", group="NU1", region="N")
WORDING = Wording("นายสมชาย ใจดี", "โครงการ", "กองการเจ้าหน้าที่", date(2020, 8, 31), date(2020, 8, 31))
REGISTER = Register("PERS", 2563)


def draft(id: str = "c1", **changes: str) -> Draft:
    fields = dict.fromkeys(("run", "programme", "nomination", "person", "target", "bucket_unit"), "x")
    return Draft(id=id, code=f"code-{id}", place=PLACE, wording=WORDING, **{**fields, **changes})


def issued(register: Register = REGISTER) -> tuple[Register, Certificate]:
    after, (one,), _ = issue(register, [draft()], AT)
    return after, one


def facts(made: list[Event]) -> list[CertificateFact]:
    assert all(isinstance(one, CertificateFact) for one in made)
    return [one for one in made if isinstance(one, CertificateFact)]


# Rows are states, in the order of the actions: revoke, reissue.
GRID = {
    State.VALID: "REVOKED REPLACED",
    State.REVOKED: "certificate-revoked REPLACED",
    State.REPLACED: "certificate-replaced certificate-replaced",
}
STEPS: dict[Action, Callable[[Certificate], Certificate]] = {
    Action.REVOKE: lambda one: revoke(REGISTER, one, "พิมพ์ผิด", AT)[1],
    Action.REISSUE: lambda one: put_in_place(REGISTER, one, draft("c2"), "พิมพ์ผิด", AT)[1],
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_state_and_every_action(state: State, action: Action) -> None:
    expected = GRID[state].split()[list(Action).index(action)]
    one = replace(issued()[1], state=state)
    try:
        reached = STEPS[action](one).state.value
    except Refused as refused:
        reached = refused.code
        assert (state, action) not in TRANSITIONS
    assert reached == expected


def test_a_number_is_of_organiser_and_fiscal_year() -> None:
    _, one = issued()
    assert (one.number, one.register, one.serial) == ("PERS-2563-000001", "PERS:2563", 1)
    assert issued(Register("PO-50", 2564, last=1_234_567))[1].number == "PO-50-2564-1234568"


@pytest.mark.parametrize(
    ("organiser", "at", "expected"),
    [
        ("PERS", datetime(2020, 9, 30, 16, 59, 59, tzinfo=UTC), "PERS:2563"),
        ("PERS", datetime(2020, 9, 30, 17, tzinfo=UTC), "PERS:2564"),  # midnight at Bangkok
        (None, AT, "OPS:2563"),
    ],
)
def test_the_year_begins_on_the_first_of_october_at_bangkok(organiser: str | None, at: datetime, expected: str) -> None:
    assert register_of(organiser, at) == expected


@given(st.lists(st.sampled_from(["issue", "issue many", "revoke", "replace"]), max_size=40))
def test_no_number_is_missing_and_none_is_given_twice(steps: list[str]) -> None:
    register, given_out, made = REGISTER, list[Certificate](), list[CertificateFact]()
    for step in steps:
        valid = [one for one in given_out if one.valid]
        if step.startswith("issue"):
            drafts = [draft(f"c{len(given_out) + n}") for n in range(3 if "many" in step else 1)]
            register, new, events = issue(register, drafts, AT)
            given_out += new
        elif not valid:
            continue
        elif step == "revoke":
            register, after, events = revoke(register, valid[0], "x", AT)
            given_out[given_out.index(valid[0])] = after
        else:
            by = draft(f"c{len(given_out)}")
            register, after, first = put_in_place(register, valid[0], by, "x", AT)
            given_out[given_out.index(valid[0])] = after
            register, new, second = issue(register, [by], AT)
            given_out, events = given_out + new, first + second
        made += facts(events)
        assert register.seq == len(made)
        assert [one.serial for one in given_out] == list(range(1, register.last + 1))
    published = [one.serial for one in made if isinstance(one, CertificateIssued)]
    assert published == list(range(1, register.last + 1))
    gone = {one.serial for one in made if isinstance(one, CertificateRevoked)}
    assert gone == {one.serial for one in given_out if not one.valid}


def test_events_name_nobody_and_tell_no_code() -> None:
    register, one = issued()
    _, _, events = revoke(register, one, "นายสมชายขอให้ถอน", AT)
    text = "".join(event.model_dump_json() for event in (*issue(REGISTER, [draft()], AT)[2], *events))
    assert "สมชาย" not in text
    assert one.code not in text


def test_one_that_was_revoked_stays_as_it_was_when_it_is_replaced() -> None:
    register, one = issued()
    register, one, _ = revoke(register, one, "ครั้งแรก", AT)
    after_register, after, events = put_in_place(register, one, draft("c2"), "ครั้งที่สอง", AT + timedelta(days=1))
    assert (after.revoked_at, after.reason, after.replaced_by) == (AT, "ครั้งแรก", "c2")
    assert (events, after_register) == ([], register)


def test_what_replaces_another_says_so() -> None:
    register, one = issued()
    _, after, events = put_in_place(register, one, draft("c2"), "พิมพ์ผิด", AT)
    (gone,) = facts(events)
    assert isinstance(gone, CertificateRevoked)
    assert (gone.replaced_by, after.revoked_at, after.reason) == ("c2", AT, "พิมพ์ผิด")


def test_nothing_is_issued_in_place_of_one_without_a_name() -> None:
    register, one = issued()
    with pytest.raises(CertificateNameErased):
        put_in_place(register, replace(one, wording=replace(WORDING, name=None)), draft("c2"), "x", AT)
