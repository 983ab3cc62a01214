"""What is new of a schedule, in words: one phrase for each thing that is another one now. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.notification.composing.domain import wording
from services.notification.composing.domain.wording import Language
from services.notification.domain import Schedule
from shared.events.catalogue import Session
from shared.thai import local_date
from shared.venues import written

MOST_SESSIONS: Final = 5  # that are named one by one


@dataclass(frozen=True, slots=True)
class Change:
    """`thing` is what changed, as a subject line says it; `phrase` says from what to what."""

    thing: str
    phrase: str


@dataclass(frozen=True, slots=True)
class _Phrases:
    date: str
    time: str
    place: str
    sessions: str
    changed: str
    of_sessions: str
    place_set: str
    place_gone: str
    added: str
    dropped: str
    more: str


_PHRASES: Final[Mapping[Language, _Phrases]] = {
    "th": _Phrases(
        date="วันจัดอบรม",
        time="เวลาอบรม",
        place="สถานที่",
        sessions="ช่วงการอบรม",
        changed="เปลี่ยน{thing}: เดิม {old} เป็น {new}",
        of_sessions="เปลี่ยนช่วงการอบรม: {each}",
        place_set="กำหนดสถานที่: {new}",
        place_gone="ยกเลิกสถานที่เดิม: {old} (จะแจ้งสถานที่ใหม่ให้ทราบต่อไป)",
        added="เพิ่ม {new}",
        dropped="ยกเลิก {old}",
        more="และอีก {count} รายการ",
    ),
    "en": _Phrases(
        date="date",
        time="time",
        place="place",
        sessions="sessions",
        changed="New {thing}: {new} instead of {old}",
        of_sessions="Sessions changed: {each}",
        place_set="Place: {new}",
        place_gone="No longer at {old}; the new place will follow",
        added="new {new}",
        dropped="dropped {old}",
        more="and {count} more",
    ),
}


def changes(before: Schedule, after: Schedule, language: Language) -> tuple[Change, ...]:
    """What a participant who knows `before` has to learn, the most important first."""
    told = (_when(before, after, language), _where(before, after, language), _sessions(before, after, language))
    return tuple(change for change in told if change is not None)


def _when(before: Schedule, after: Schedule, language: Language) -> Change | None:
    if before.times[:2] == after.times[:2]:
        return None
    words = _PHRASES[language]
    thing = words.time if _days(before) == _days(after) else words.date
    same_hours = _hours(before) == _hours(after)
    old, new = (_period(schedule, language, dates_only=same_hours) for schedule in (before, after))
    return Change(thing, words.changed.format(thing=thing, old=old, new=new))


def _where(before: Schedule, after: Schedule, language: Language) -> Change | None:
    if before.place == after.place:
        return None
    words = _PHRASES[language]
    old, new = (written(schedule.venue, language) for schedule in (before, after))
    phrase = words.changed if old and new else words.place_set if new else words.place_gone
    return Change(words.place, phrase.format(thing=words.place, old=old, new=new))


def _sessions(before: Schedule, after: Schedule, language: Language) -> Change | None:
    """Nothing where the sessions only moved along with the run, so that its new date says it."""
    if _offsets(before) == _offsets(after):
        return None
    kept = {_span(one) for one in before.sessions} & {_span(one) for one in after.sessions}
    dropped, added = ([one for one in schedule.sessions if _span(one) not in kept] for schedule in (before, after))
    words = _PHRASES[language]
    each = [words.dropped.format(old=wording.period(one, language)) for one in dropped]
    each += [words.added.format(new=wording.period(one, language)) for one in added]
    return Change(words.sessions, words.of_sessions.format(each=_some(each, words)))


def _some(each: Sequence[str], words: _Phrases) -> str:
    left = len(each) - MOST_SESSIONS
    return ", ".join([*each[:MOST_SESSIONS], *([words.more.format(count=left)] if left > 0 else [])])


def _period(schedule: Schedule, language: Language, *, dates_only: bool) -> str:
    if not dates_only:
        return wording.period(Session(starts_at=schedule.starts_at, ends_at=schedule.ends_at), language)
    first, last = wording.day(schedule.starts_at, language), wording.day(schedule.ends_at, language)
    return first if first == last else (" ถึง" if language == "th" else " to ").join((first, last))


def _days(schedule: Schedule) -> tuple[object, ...]:
    return local_date(schedule.starts_at), local_date(schedule.ends_at)


def _hours(schedule: Schedule) -> tuple[str, ...]:
    return wording.clock(schedule.starts_at, "en"), wording.clock(schedule.ends_at, "en")


def _span(session: Session) -> tuple[int, int]:
    return round(session.starts_at.timestamp()), round(session.ends_at.timestamp())


def _offsets(schedule: Schedule) -> list[tuple[int, int]]:
    """Sessions by how long after the start of the run they are. One that is the whole run is no session of its own."""
    start, end = schedule.times[:2]
    spans = [_span(one) for one in schedule.sessions]
    return [] if spans == [(start, end)] else [(first - start, last - start) for first, last in spans]
