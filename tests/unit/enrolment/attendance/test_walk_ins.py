"""Walk-ins: every state times everything that may be decided, and what stays of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.enrolment.attendance.domain.scans import Outcome, Scan, Somebody
from services.enrolment.attendance.domain.walk_in_refusals import WalkInSettled
from services.enrolment.attendance.domain.walk_ins import STEPS, WalkIn, WalkInState, dismissed, matched, put_right
from services.enrolment.attendance.service.uploads import Upload, walk_in_of
from tests.unit.enrolment.attendance.people import NINE

LATER = NINE + timedelta(days=1)
OPEN = WalkIn("w1", "r1", 1, NINE, "สมหญิง", "อบจ.", "n9", NINE, "officer")
MATCHED = matched(OPEN, "n1", "p1", "มาแทน", "organiser", LATER)
DISMISSED = dismissed(OPEN, "ซ้ำ", "organiser", LATER)

Action = Callable[[WalkIn], WalkIn]
MATCH: Action = lambda one: matched(one, "n1", "p1", None, "other", LATER)  # noqa: E731
MATCH_OTHER: Action = lambda one: matched(one, "n2", "p2", None, "other", LATER)  # noqa: E731
DISMISS: Action = lambda one: dismissed(one, "อื่น", "other", LATER)  # noqa: E731

GRID: list[tuple[WalkIn, Action, WalkInState | None]] = [
    (OPEN, MATCH, WalkInState.MATCHED),
    (OPEN, MATCH_OTHER, WalkInState.MATCHED),
    (OPEN, DISMISS, WalkInState.DISMISSED),
    (MATCHED, MATCH, WalkInState.MATCHED),
    (MATCHED, MATCH_OTHER, None),
    (MATCHED, DISMISS, None),
    (DISMISSED, MATCH, WalkInState.MATCHED),
    (DISMISSED, MATCH_OTHER, WalkInState.MATCHED),
    (DISMISSED, DISMISS, WalkInState.DISMISSED),
]


@pytest.mark.parametrize(("before", "action", "state"), GRID)
def test_every_state_times_everything(before: WalkIn, action: Action, state: WalkInState | None) -> None:
    if state is None:
        with pytest.raises(WalkInSettled) as refused:
            action(before)
        assert refused.value.details == {"state": before.state.value}
    else:
        assert action(before).state is state


def test_the_table_has_every_decision() -> None:
    decisions = (WalkInState.MATCHED, WalkInState.DISMISSED)
    assert set(STEPS) == {(state, decision) for state in WalkInState for decision in decisions}


def test_what_was_decided_stays_and_what_was_seen_too() -> None:
    assert MATCH(MATCHED) is MATCHED
    assert DISMISS(DISMISSED) is DISMISSED
    assert (MATCHED.person, MATCHED.reason, MATCHED.decided_by) == ("p1", "มาแทน", "organiser")
    seen = ("id", "run", "session", "at", "name", "office", "in_place_of", "recorded_at", "by")
    assert all(getattr(MATCHED, name) == getattr(DISMISSED, name) == getattr(OPEN, name) for name in seen)


def test_no_reason_is_kept_once_the_name_is_gone() -> None:
    nameless = replace(OPEN, name=None, office=None)
    assert (DISMISS(OPEN).reason, DISMISS(nameless).reason) == ("อื่น", None)
    assert matched(nameless, "n1", "p1", "มาแทน", "organiser", LATER).reason is None


def test_what_the_organiser_says_stands_beside_what_was_written_down() -> None:
    """A device may have written down a session that there is not, or a time outside of it."""
    assert put_right(OPEN, None, None) is put_right(OPEN, 1, NINE) is OPEN
    said = put_right(OPEN, 2, LATER)
    assert (said.session, said.at, said.came) == (1, NINE, (2, LATER))
    assert put_right(OPEN, 2, None).came == (2, NINE)
    settled = MATCH(said)
    assert put_right(settled, None, None) is put_right(settled, 2, LATER) is settled
    with pytest.raises(WalkInSettled):
        put_right(settled, 1, None)


def test_one_of_a_device_is_the_same_however_often_it_is_uploaded() -> None:
    scan = Scan("nonce-0001", 1, NINE, somebody=Somebody("สมหญิง", "อบจ.", "n9"))
    upload = Upload("d1", "r1", NINE + timedelta(hours=1), NINE + timedelta(hours=2), [scan])
    first = walk_in_of(upload, scan, 0)
    assert (first.at, first.name, first.by, first.device) == (NINE + timedelta(hours=1), "สมหญิง", "d1", "d1")
    again = walk_in_of(replace(upload, received=NINE + timedelta(hours=3)), scan, 0)
    assert again.id == first.id
    assert walk_in_of(replace(upload, device="d2"), scan, 0).id != first.id
    assert Outcome.WALK_IN not in (Outcome.COUNTED, Outcome.KEPT)
