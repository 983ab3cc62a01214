"""When something is said because a time has come, and what tells one such time from another. Pure.

A wave of reminders (`D-7`) is due at 08:30 in Bangkok, so many days before the day on which the run starts. At the same
time of day a unit is told what waits for it, and an organiser which units are silent.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from shared.clock import BANGKOK
from shared.events.catalogue import USUAL_REMINDERS
from shared.thai import is_government_working_day, local_date, working_days_before

WAVES: Final[Mapping[str, int]] = {wave: int(wave.removeprefix("D-")) for wave in USUAL_REMINDERS}
_WAVE: Final = re.compile("D-([0-9]{1,3})")
SILENT_DAYS: Final = 3  # working days before the end of nominations
RELEASE_DAYS: Final = 5  # working days before seats are released
RELEASE_TOLD_AFTER: Final = timedelta(seconds=60)
_TIME_OF_DAY: Final = time(8, 30)
_SEATS_TOGETHER: Final = 5  # seconds: of a list of withdrawals, or of one after the other by a program


def days_of(wave: str) -> int | None:
    """How many days before the run; None for a wave of another kind, which only a later release knows."""
    counted = _WAVE.fullmatch(wave)
    return None if counted is None else int(counted[1])


def due_at(starts_at: datetime, days: int) -> datetime:
    """Business time."""
    day = starts_at.astimezone(BANGKOK).date() - timedelta(days=days)
    return datetime.combine(day, _TIME_OF_DAY, BANGKOK)


def wave_reason(whom: str, wave: str, due: datetime) -> str:
    """`whom`: a nomination, or the run for all of them. A run that moves to another day has new waves; one that
    moves within the day does not."""
    return f"{whom}|{wave}|{due.astimezone(BANGKOK).date().isoformat()}"


def silence_due_at(closes_at: datetime) -> datetime:
    """When it is time to ask who has not nominated; business time. The first call in a process reads the calendar of
    holidays (0.3 s)."""
    return datetime.combine(working_days_before(local_date(closes_at), SILENT_DAYS), _TIME_OF_DAY, BANGKOK)


def deadline_reason(run: str, closes_at: datetime) -> str:
    """A deadline that moves to another day is another one."""
    return f"{run}|closes|{local_date(closes_at).isoformat()}"


def release_due_at(release_at: datetime) -> datetime:
    """When units are told that seats are going to be released; business time. Reads the calendar as above."""
    return datetime.combine(working_days_before(local_date(release_at), RELEASE_DAYS), _TIME_OF_DAY, BANGKOK)


def release_reason(run: str, release_at: datetime) -> str:
    """A release that moves to another day is another one."""
    return f"{run}|release|{local_date(release_at).isoformat()}"


def release_told_reason(run: str, unit: str) -> str:
    """There is one release of a run."""
    return f"{run}|released|{unit}"


def missed_reason(run: str, nomination: str) -> str:
    """Who was missing is told so once in a run, also when a correction makes a later absence the first one again."""
    return f"{run}|missed|{nomination}"


def asked_reason(run: str, forms: Iterable[str], office: str, *, again: bool) -> str:
    """An office is asked once for all its people, in however many events they are."""
    return f"{run}|{'again' if again else 'asked'}|{'+'.join(forms)}|{office}"


def digest_day(now: datetime) -> date | None:
    """The day whose digest is due; None before 08:30 and on days on which nobody is at the office. Reads the calendar
    as above."""
    local = now.astimezone(BANGKOK)
    return local.date() if local.time() >= _TIME_OF_DAY and is_government_working_day(local.date()) else None


def digest_reason(unit: str, at: date | datetime) -> str:
    return f"{unit}|approvals|{local_date(at).isoformat()}"


def delegate_reason(person: str, office: str, at: date | datetime) -> str:
    """Whoever decides for several of an office is told of all in one message. Nobody names somebody of another office:
    two of them are of who has changed offices meanwhile, and whoever looks after the messages of one reads no other."""
    return digest_reason(f"{person}|{office}", at)


def seats_told_at(now: datetime) -> datetime:
    """Seats that come open within the same few seconds are told together, at the end of them."""
    start = now.replace(second=now.second - now.second % _SEATS_TOGETHER, microsecond=0)
    return start + timedelta(seconds=_SEATS_TOGETHER)
