"""What is left to do about an erased person comes in turns, and each goes on where a page of it ended."""

from datetime import UTC, datetime, timedelta

from services.enrolment.directory.domain.erasing import TURNS, Erasing
from shared.events.topics import SEGMENT

BEGAN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_a_turn_goes_on_until_all_is_done_and_the_next_is_due_later() -> None:
    first = Erasing("contact:p:2", BEGAN, BEGAN)
    paged = first.went_on("contact:p:1", None, None)
    assert paged == Erasing("contact:p:2", BEGAN, BEGAN, 0, "contact:p:1", None, None)
    assert first.went_on(None, None, "n") == Erasing("contact:p:2", BEGAN, BEGAN, 0, None, None, "n")
    second = first.went_on(None, None, None)
    assert second == Erasing("contact:p:2", BEGAN, BEGAN + TURNS[1], 1, "", "")


def test_the_last_turn_is_when_the_log_has_a_new_file_and_well_within_a_week() -> None:
    last = Erasing("contact:p:2", BEGAN, BEGAN + TURNS[-1], len(TURNS) - 1)
    assert last.last
    assert last.went_on(None, None, None) is None
    assert SEGMENT < TURNS[-1] <= timedelta(days=2)
