"""Which message takes in what is told together."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notification.domain import Kind, State, message_id, seats_told_at
from services.notification.domain.made import to_unit
from services.notification.reacting.domain.together import JOINABLE, WINDOWS, later_ones, to_join

NOW = datetime(2026, 8, 3, 2, 0, 58, tzinfo=UTC)
AT = seats_told_at(NOW)
MESSAGE = to_unit("PO-1", Kind.SEAT_OPEN, run="r", reason=f"r|PO-1|{AT.isoformat()}", now=NOW, due_at=AT)
LATER = list(later_ones(MESSAGE))


def test_the_seconds_after_follow_one_another_without_a_gap() -> None:
    assert LATER[0] == MESSAGE
    assert [one.due_at for one in LATER] == [AT + timedelta(seconds=5 * number) for number in range(WINDOWS)]
    assert all(one.reason == f"r|PO-1|{one.due_at.isoformat()}" for one in LATER)
    assert all(one.id == message_id(one.reason, "PO-1", Kind.SEAT_OPEN) for one in LATER)
    assert to_unit("PO-1", Kind.SEAT_OPEN, run="r", reason=LATER[1].reason, now=AT, due_at=seats_told_at(AT)).id == (
        LATER[1].id  # of an event of these seconds itself
    )


@pytest.mark.parametrize("state", State)
def test_a_message_that_is_delivered_takes_nothing_in(state: State) -> None:
    assert to_join(MESSAGE, {}) == MESSAGE
    assert to_join(MESSAGE, {MESSAGE.id: state}) == (MESSAGE if state in JOINABLE else LATER[1])
    states = {MESSAGE.id: State.SENT, LATER[1].id: State.CANCELLED, LATER[2].id: state}
    assert to_join(MESSAGE, states) == (LATER[2] if state in JOINABLE else LATER[3])


def test_after_a_minute_the_last_one_is_as_good_as_any() -> None:
    assert to_join(MESSAGE, {one.id: State.SENT for one in LATER}) == LATER[-1]
