"""Rules that say when a message is still true. They are applied at the moment of sending. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.notification.domain.read_model import Nomination, Run, RunState
from services.notification.domain.waves import (
    days_of,
    deadline_reason,
    digest_reason,
    due_at,
    release_reason,
    wave_reason,
)
from shared.events.seats import NominationState


class Subject(Protocol):
    """What the rules need to know of a message. One that is sent to a unit is not about a nomination."""

    @property
    def reason(self) -> str: ...

    @property
    def recipient(self) -> str: ...

    @property
    def run(self) -> str: ...

    @property
    def nomination(self) -> str | None: ...

    @property
    def wave(self) -> str | None: ...

    @property
    def revision(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Situation:
    """A message, and what is known when it is about to be sent. `now` is business time."""

    message: Subject
    run: Run
    nomination: Nomination | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A message for which `holds` is false is not sent any more; `code` says why."""

    code: str
    holds: Callable[[Situation], bool]


def nomination_in(*states: NominationState) -> Rule:
    """The nomination that the message is about, if it is about one, is in one of these states, and of the same run."""

    def holds(situation: Situation) -> bool:
        nomination = situation.nomination
        message = situation.message
        if message.nomination is None:
            return True
        return nomination is not None and nomination.run == message.run and nomination.state in states

    return Rule("nomination-changed", holds)


def _wave_is_unchanged(situation: Situation) -> bool:
    """The run still starts on the day for which the reminder was made."""
    message, wave = situation.message, str(situation.message.wave)
    due = due_at(situation.run.starts_at, days_of(wave) or 0)
    return message.reason == wave_reason(message.nomination or message.run, wave, due)


def _deadline_is_unchanged(situation: Situation) -> bool:
    """Nominations still end on the day for which the message was made."""
    run = situation.run
    return situation.message.reason == deadline_reason(run.id, run.nominations_end)


def _release_is_ahead(situation: Situation) -> bool:
    """Seats are still to be released, on the day for which the message was made."""
    run = situation.run
    ahead = run.release_at is not None and situation.now < run.release_at
    return ahead and situation.message.reason == release_reason(run.id, run.release_at or situation.now)


def _is_of_today(situation: Situation) -> bool:
    """By system time: a digest is about many runs."""
    now = situation.run.system_time(situation.now)
    return situation.message.reason.endswith(digest_reason("", now))


RUN_TAKES_PLACE: Final = Rule("run-cancelled", lambda situation: situation.run.state is not RunState.CANCELLED)
RUN_NOT_STARTED: Final = Rule("run-started", lambda situation: situation.now < situation.run.starts_at)
LATEST_SCHEDULE: Final = Rule(
    "rescheduled-again", lambda situation: situation.message.revision >= situation.run.schedule_revision
)
RUN_NOT_OVER: Final = Rule("run-over", lambda situation: situation.now < situation.run.ends_at)
NOMINATIONS_OPEN: Final = Rule("nominations-closed", lambda situation: situation.run.takes_nominations(situation.now))
SAME_DAY: Final = Rule("rescheduled-again", _wave_is_unchanged)
SAME_DEADLINE: Final = Rule("deadline-changed", _deadline_is_unchanged)
SAME_RELEASE: Final = Rule("release-changed", _release_is_ahead)
DIGEST_OF_TODAY: Final = Rule("digest-outdated", _is_of_today)
