"""Who is due a certificate, and how the issue of a run goes on."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import CertificateRule
from services.enrolment.certificates.domain.due import ATTENDANCE, Findings, enough, lacks
from services.enrolment.certificates.domain.tasks import ended, once_more, requested, went_on
from services.enrolment.certificates.service.issuing import new_code
from shared.events.evaluation import FormKind

AT = datetime(2020, 9, 2, 3, tzinfo=UTC)


class Minutes(NamedTuple):
    minutes_present: int
    minutes_held: int


@pytest.mark.parametrize(
    ("present", "held", "percentage", "expected"),
    [
        (72, 90, 80, True),
        (71, 90, 80, False),
        (90, 90, 100, True),
        (89, 90, 100, False),
        (0, 90, 1, False),
        (1, 100, 1, True),
        (0, 0, 80, False),  # nothing was held
    ],
)
def test_at_least_so_many_per_cent(present: int, held: int, percentage: int, expected: bool) -> None:
    assert enough(Minutes(present, held), percentage) is expected


def test_who_is_not_recorded_was_not_there() -> None:
    assert not enough(None, 1)


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_all_is_always_enough_and_nothing_never(held: int, percentage: int) -> None:
    assert enough(Minutes(held, held), percentage)
    assert not enough(Minutes(0, held), percentage)


@pytest.mark.parametrize(
    ("rule", "person", "expected"),
    [
        (CertificateRule(), "nobody", None),
        (CertificateRule(80), "there", None),
        (CertificateRule(80), "away", ATTENDANCE),
        (CertificateRule(0, (FormKind.REACTION,)), "away", None),
        (CertificateRule(80, (FormKind.REACTION,)), "away", ATTENDANCE),
        (CertificateRule(80, (FormKind.REACTION,)), "there", "REACTION"),
        (CertificateRule(80, (FormKind.PRE, FormKind.REACTION)), "both", None),
        (CertificateRule(0, (FormKind.PRE, FormKind.POST)), "both", "POST"),
    ],
)
def test_what_a_rule_asks(rule: CertificateRule, person: str, expected: str | None) -> None:
    shares = {"there": Minutes(90, 90), "both": Minutes(80, 90), "away": Minutes(10, 90)}
    answered = {"REACTION": {"away", "both"}, "PRE": {"both"}}
    assert lacks(rule, person, Findings(shares, answered)) == expected


def test_a_request_joins_what_is_under_way_and_begins_anew_afterwards() -> None:
    first = requested(None, "run", "officer", AT)
    assert requested(first, "run", "another", AT) == replace(first, version=2)  # nobody was passed
    half = went_on(first, "n200", {"seen": 200, "issued": 150, "held": 10}, {ATTENDANCE: 40}, AT, {"PERS:2563": 150})
    assert (half.running, half.after, half.version) == (True, "n200", 2)
    done = went_on(
        half, None, {"seen": 5, "issued": 3, "held": 0}, {ATTENDANCE: 1, "REACTION": 1}, AT, {"PERS:2564": 3}
    )
    assert (half.seq, done.seq, done.reached) == (0, 1, {"PERS:2563": 150, "PERS:2564": 3})
    told = ended(done, "p1", 2563)
    assert (told.aggregate, told.seats, told.issued, told.held) == ("certificates:run", 205, 153, 10)
    assert [(one.what, one.people) for one in told.lacking] == [(ATTENDANCE, 41), ("REACTION", 1)]
    assert (done.running, done.seen, done.issued, done.held) == (False, 205, 153, 10)
    assert (dict(done.lacking), done.finished_at) == ({ATTENDANCE: 41, "REACTION": 1}, AT)
    again = requested(done, "run", "another", AT)
    assert (again.running, again.seen, again.round, again.version) == (True, 0, 2, 4)
    assert (again.seq, again.reached) == (1, {})


def test_a_request_behind_a_page_that_was_passed_leads_to_one_round_more() -> None:
    counts = {"seen": 200, "issued": 200, "held": 0}
    half = went_on(requested(None, "run", "officer", AT), "n200", counts, {}, AT, {"PERS:2563": 200})
    joined = requested(half, "run", "another", AT)
    assert joined == replace(half, again=True, version=half.version + 1)  # a page in flight is looked at anew
    assert requested(joined, "run", "a third", AT) is joined
    done = went_on(joined, None, dict.fromkeys(counts, 0), {}, AT, {})
    assert (done.running, ended(done, "p1", 2563).issued) == (False, 200)
    second = once_more(done)
    assert (second.running, second.after, second.again, second.seen, second.round) == (True, "", False, 0, 2)
    assert (second.seq, second.version, second.reached) == (done.seq, done.version, {"PERS:2563": 200})
    last = went_on(second, None, {"seen": 200, "issued": 1, "held": 199}, {}, AT, {"PERS:2563": 201})
    assert once_more(last) is last
    assert (last.running, last.seq) == (False, 2)


def test_codes_are_of_120_bits_and_never_alike() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert {len(code) for code in codes} == {24}
    assert set("".join(codes)) <= set("abcdefghijklmnopqrstuvwxyz234567")
