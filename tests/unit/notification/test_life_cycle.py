"""Every step from every state, ids that do not depend on time or order, and attempts that say what happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import FINAL, ChannelName, Kind, Message, MessageSnapshot, Outcome, State, message_id
from services.notification.sending.domain.life import (
    TRANSITIONS,
    IllegalStep,
    Step,
    accepted,
    after,
    claimed,
    dropped,
    exhausted,
    pause_seconds,
    postponed,
    refused,
    started,
    unreached,
    waiting,
)
from tests.unit.notification.builders import NOW, message, run

# Rows: states. Columns: CLAIM, POSTPONE, ACCEPT, REFUSE, DROP.
GRID = {
    State.PENDING: ("SENDING", None, None, None, None),
    State.WAITING: ("SENDING", None, None, None, None),
    State.SENDING: ("SENDING", "WAITING", "SENT", "FAILED", "CANCELLED"),
    State.SENT: (None, None, None, None, None),
    State.FAILED: (None, None, None, None, None),
    State.CANCELLED: (None, None, None, None, None),
}
CELLS = [(state, step, GRID[state][place]) for state in State for place, step in enumerate(Step)]
LATER = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(("state", "step", "expected"), CELLS)
def test_every_step_from_every_state(state: State, step: Step, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(IllegalStep) as raised:
            after(state, step)
        assert (raised.value.state, raised.value.step) == (state, step)
    else:
        assert after(state, step) == expected


def test_the_grid_is_whole() -> None:
    assert set(GRID) == set(State)
    assert sum(cell is not None for row in GRID.values() for cell in row) == len(TRANSITIONS)
    assert {State.SENT, State.FAILED, State.CANCELLED} == FINAL == set(State) - {state for state, _ in TRANSITIONS}


CHANGES: dict[str, Callable[[Message], Message]] = {
    "accepted": lambda message: accepted(message, NOW),
    "postponed": lambda message: postponed(message, "smtp-451", LATER, uncertain=False),
    "refused": lambda message: refused(message, "smtp-550", NOW),
    "waiting": lambda message: waiting(message, "run-unknown", LATER),
    "unreached": lambda message: unreached(message, "smtp-unreachable", LATER),
    "exhausted": lambda message: exhausted(message, "tried-too-often", NOW),
    "dropped": lambda message: dropped(message, "run-cancelled", NOW),
}


@pytest.mark.parametrize("state", [state for state in State if state is not State.SENDING])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_only_a_message_in_hand_changes(state: State, change: Callable[[Message], Message]) -> None:
    held = started(claimed(message()), NOW, ChannelName.EMAIL, MessageSnapshot(run()))

    with pytest.raises(IllegalStep):
        change(replace(held, state=state))


def held(**changes: object) -> Message:
    return started(claimed(message(**changes)), NOW, ChannelName.EMAIL, MessageSnapshot(run()))


def test_an_accepted_attempt() -> None:
    sent = accepted(held(), LATER)

    assert (sent.state, sent.seq, sent.finished_at, sent.uncertain) == (State.SENT, 1, LATER, False)
    assert [(attempt.outcome, attempt.at) for attempt in sent.attempts] == [(Outcome.ACCEPTED, NOW)]


def test_a_crash_between_provider_and_record_shows() -> None:
    again = claimed(held())
    sent = accepted(started(again, LATER, ChannelName.EMAIL, MessageSnapshot(run())), LATER)

    assert [attempt.outcome for attempt in sent.attempts] == [Outcome.CUT_OFF, Outcome.ACCEPTED]
    assert [attempt.uncertain for attempt in sent.attempts] == [True, False]
    assert sent.uncertain


def test_nothing_is_uncertain_about_our_own_inbox() -> None:
    cut_off = claimed(started(claimed(message()), NOW, ChannelName.INBOX, MessageSnapshot(run())))

    assert cut_off.attempts[0].outcome is Outcome.CUT_OFF
    assert not cut_off.uncertain


def test_a_postponed_attempt_is_kept_and_the_next_one_follows() -> None:
    later = postponed(held(), "smtp-451", LATER, uncertain=True)
    sent = accepted(started(claimed(later), LATER, ChannelName.EMAIL, MessageSnapshot(run())), LATER)

    assert (later.state, later.due_at, later.code) == (State.WAITING, LATER, "smtp-451")
    assert [(attempt.outcome, attempt.code) for attempt in sent.attempts] == [
        (Outcome.POSTPONED, "smtp-451"),
        (Outcome.ACCEPTED, None),
    ]
    assert sent.uncertain
    assert sent.code is None


def test_a_provider_that_was_not_reached_leaves_no_attempt() -> None:
    later = unreached(held(), "smtp-unreachable", LATER)

    assert (later.state, later.attempts, later.waits, later.code) == (State.WAITING, (), 1, "smtp-unreachable")


def test_what_was_never_tried_publishes_nothing() -> None:
    gone = dropped(claimed(message()), "run-cancelled", NOW)

    assert (gone.state, gone.seq, gone.attempts) == (State.CANCELLED, 0, ())


def test_after_too_many_cut_off_attempts_they_stay_as_they_are() -> None:
    failed = exhausted(claimed(held()), "tried-too-often", NOW)

    assert (failed.state, failed.code, failed.seq) == (State.FAILED, "tried-too-often", 1)
    assert [attempt.outcome for attempt in failed.attempts] == [Outcome.CUT_OFF]


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)


@given(st.lists(st.tuples(names, names, st.sampled_from(Kind)), unique=True, max_size=30))
def test_ids_differ_when_reason_recipient_or_kind_do(keys: list[tuple[str, str, Kind]]) -> None:
    assert len({message_id(*key) for key in keys}) == len(keys)


def test_ids_never_change_between_versions() -> None:
    assert message_id("run-1:1", "PO-50", Kind.NOMINATION_REQUEST) == "d5e8ac94-7afa-5661-8028-ea301ed8bce0"


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_pauses_double_up_to_the_longest(times: int, chance: float) -> None:
    pause = pause_seconds(times, first=5, most=14_400, chance=chance)

    whole = min(5 * 2.0 ** min(max(times - 1, 0), 40), 14_400)
    assert whole / 2 <= pause <= whole
