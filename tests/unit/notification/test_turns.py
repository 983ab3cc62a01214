"""Lanes: the urgent first, each its share, none starved; and a channel that is away is asked by one probe at a time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import KINDS, Kind, Lane
from services.notification.sending.domain.breaker import (
    FIRST_REST_SECONDS,
    LONGEST_REST_SECONDS,
    Admission,
    Breaker,
)
from services.notification.sending.domain.turns import KINDS_OF, SHARES, Backlog, Turns, share_of

LANES = {
    Lane.SEAT: {
        Kind.CONFIRMED,
        Kind.PROMOTED,
        Kind.SUBSTITUTED,
        Kind.WAITLISTED,
        Kind.REJECTED,
        Kind.WITHDRAWN,
        Kind.SEAT_OPEN,
        Kind.SEAT_OFFERED,
        Kind.OFFER_EXPIRED,
        Kind.NOMINATIONS_MOVED,
        Kind.MOVES_TO_DECIDE,
        Kind.SEAT_LEFT,
        Kind.EXPIRED,
        Kind.EXPIRED_AT_OFFICE,
        Kind.NOMINATIONS_ERASED,
        Kind.CERTIFICATE_REISSUED,
        Kind.CERTIFICATE_REVOKED,
    },
    Lane.RUN: {
        Kind.NOMINATION_REQUEST,
        Kind.NOMINATIONS_REOPENED,
        Kind.RUN_RESCHEDULED,
        Kind.RUN_CHANGED,
        Kind.RUN_CANCELLED,
        Kind.ENTRY_RECALLED,
        Kind.NO_SHOW,
        Kind.NO_SHOWS_OF_OFFICE,
        Kind.NO_SHOWS_CORRECTED,
        Kind.GROUP_PLACED,
        Kind.IDEA_AWARDED,
        Kind.SEATS_RELEASED,
        Kind.CERTIFICATE_ISSUED,
        Kind.FOLLOW_UP_ASSIGNED,
        Kind.FOLLOW_UP_RETURNED,
        Kind.PLANS_SUBMITTED,
        Kind.PLAN_AGREED,
        Kind.PLAN_RETURNED,
        Kind.ANSWERS_ASKED,
        Kind.DELEGATION_GIVEN,
    },
    Lane.REMINDER: {
        Kind.REMINDER,
        Kind.APPROVALS_WAITING,
        Kind.APPROVALS_DELEGATED,
        Kind.NOMINATIONS_MISSING,
        Kind.RELEASE_AHEAD,
        Kind.FOLLOW_UPS_OPEN,
        Kind.FOLLOW_UPS_OVERDUE,
        Kind.ANSWERS_REMINDED,
    },
}


def test_every_kind_has_one_lane() -> None:
    assert {lane: set(kinds) for lane, kinds in KINDS_OF.items()} == LANES
    assert sum(map(len, KINDS_OF.values())) == len(Kind) == len(KINDS)


def test_a_confirmation_is_before_the_reminders_that_were_there() -> None:
    backlog = Backlog()
    backlog.fill([*((f"reminder-{n}", Lane.REMINDER) for n in range(100)), ("confirmed", Lane.SEAT)])

    assert backlog.take() == "confirmed"


@given(st.lists(st.sets(st.sampled_from(Lane), min_size=1), max_size=30))
def test_whatever_was_before_everybody_gets_a_share(before: list[set[Lane]]) -> None:
    turns = Turns()
    for waiting in before:
        turns.next(waiting)

    served = Counter(turns.next(list(Lane)) for _ in range(60))

    assert all(served[lane] >= 60 * SHARES[lane] / sum(SHARES.values()) - 4 for lane in Lane)
    assert served[Lane.REMINDER] > 0


def test_a_share_is_kept_when_the_page_is_read_anew_after_every_message() -> None:
    """As with a slow mail server: only a message or two of each page are sent."""
    backlog, served = Backlog(), Counter[str | None]()
    for _ in range(120):
        backlog.fill([(lane.value, lane) for lane in Lane])
        served[backlog.take()] += 1

    assert served == {"SEAT": 80, "RUN": 30, "REMINDER": 10}


def test_a_page_is_shared_and_nobody_gets_nothing() -> None:
    assert [share_of(lane, 200) for lane in Lane] == [133, 50, 16]
    assert [share_of(lane, 1) for lane in Lane] == [1, 1, 1]


def test_an_empty_backlog_hands_out_nothing() -> None:
    backlog = Backlog()
    backlog.fill([("one", Lane.RUN)])

    assert (bool(backlog), backlog.take(), bool(backlog), backlog.take()) == (True, "one", False, None)


def test_a_channel_that_is_reached_admits_everybody() -> None:
    breaker = Breaker()

    assert [breaker.admit(0.0) for _ in range(5)] == [Admission.CALL] * 5


def test_while_it_rests_nobody_is_admitted_and_then_one_probe() -> None:
    breaker = Breaker()
    breaker.unreached(10.0)

    during = breaker.admit(10.0 + FIRST_REST_SECONDS / 2)
    probes = [breaker.admit(10.0 + FIRST_REST_SECONDS) for _ in range(3)]

    assert (during, probes) == (None, [Admission.PROBE, None, None])


def test_a_probe_that_called_nobody_makes_room_for_another() -> None:
    breaker = Breaker()
    breaker.unreached(0.0)
    probe = breaker.admit(1.0)
    assert probe is Admission.PROBE
    breaker.leave(Admission.CALL)  # a call from before the failure ends: that is not the probe

    before = breaker.admit(1.0)
    breaker.leave(probe)

    assert (before, breaker.admit(1.0)) == (None, Admission.PROBE)


@pytest.mark.parametrize("beside", [0, 3])
def test_rests_double_with_probes_and_not_with_calls_under_way(beside: int) -> None:
    breaker, now, rests = Breaker(), 0.0, []
    for _ in range(8):
        rests.append(breaker.unreached(now))
        for _ in range(beside):
            breaker.unreached(now + 0.1)
        now = breaker.rests_until

    assert rests == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_REST_SECONDS, LONGEST_REST_SECONDS]


def test_a_channel_that_nobody_asks_any_more_is_not_reported_as_away() -> None:
    breaker = Breaker()
    breaker.unreached(0.0)

    assert [breaker.away(at) for at in (0.0, 1.0, 30.0, 31.0)] == [True, True, True, False]


def test_once_reached_it_is_as_before() -> None:
    breaker = Breaker()
    breaker.unreached(0.0)
    breaker.reached()

    assert (breaker.closed, breaker.admit(0.0), breaker.unreached(5.0)) == (True, Admission.CALL, FIRST_REST_SECONDS)
