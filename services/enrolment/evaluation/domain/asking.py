"""Who is asked to answer the forms of a run and when: once when a form is open, once more before it closes. Pure.

Each time of asking is a round: everybody who is to answer is gone through, page by page, and whoever has not answered
is asked. Forms that are due for the same people at the same time are one round, and one message. By usual times people
are asked about a run when it has ended, though its forms are open from the beginning of its last day; at no time before
half past eight in the morning, unless the form closes before that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.directory import root_unit
from services.enrolment.evaluation.domain.evaluations import Evaluation
from services.enrolment.evaluation.domain.windows import USUAL, Phase
from services.enrolment.seats import Holder
from shared.clock import BANGKOK
from shared.events.evaluation import MOST_ASKED, AnswersAsked, AskedPerson, FormKind
from shared.portions import portions

ONE_DAY: Final = timedelta(days=1)  # at least between two times of asking, and between the second and the end
SOME_DAYS: Final = timedelta(days=3)
_MORNING: Final = time(8, 30)


class Audience(StrEnum):
    SEATED = "SEATED"
    PRESENT = "PRESENT"  # of those with a seat, where attendance was recorded
    SUPERIORS = "SUPERIORS"  # of those who were there


AUDIENCE: Final[Mapping[FormKind, Audience]] = {
    FormKind.PRE: Audience.SEATED,
    FormKind.POST: Audience.PRESENT,
    FormKind.REACTION: Audience.PRESENT,
    FormKind.TRANSFER: Audience.SUPERIORS,
}


@dataclass(frozen=True, slots=True)
class Round:
    """`after`: the nomination up to which everybody was gone through."""

    forms: tuple[FormKind, ...]
    again: bool = False
    after: str = ""

    @property
    def audience(self) -> Audience:
        return AUDIENCE[self.forms[0]]


@dataclass(frozen=True, slots=True)
class Asking:
    """How far that is in a run: for which forms everybody was `asked`, and `reminded` or is not to be; and the round
    that has begun. `seq` is the sequence of its last event, `version` counts changes."""

    run: str
    asked: frozenset[FormKind] = frozenset()
    reminded: frozenset[FormKind] = frozenset()
    round: Round | None = None
    seq: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Somebody with a seat who has not answered these forms; of TRANSFER, who is not assessed."""

    holder: Holder
    forms: tuple[FormKind, ...]


def takes_place(run: OfferedRun) -> bool:
    """Nobody is asked about a run that was cancelled, or that nobody was told of."""
    return run.opened and run.state is not RunState.CANCELLED


def asked_at(run: OfferedRun, evaluation: Evaluation) -> datetime:
    """Business time."""
    window = evaluation.window(run)
    opens = window.opens_at
    if USUAL[evaluation.kind].after and evaluation.opens_at is None and run.ends_at < window.closes_at:
        opens = max(opens, run.ends_at)
    morning = _morning_of(opens)
    return morning if opens < morning < window.closes_at else opens


def reminded_at(run: OfferedRun, evaluation: Evaluation) -> datetime | None:
    """The morning when two thirds of its time are over; of a form before the run, while people still get seats, some
    days before its end; always a day before its end at the latest. None for a form that is not open long enough to ask
    twice."""
    window = evaluation.window(run)
    late = window.opens_at + (window.closes_at - window.opens_at) * 2 / 3
    if not USUAL[evaluation.kind].after:
        late = max(late, window.closes_at - SOME_DAYS)
    late = min(late, window.closes_at - ONE_DAY)
    morning = _morning_of(late)
    at = morning if morning <= late else _morning_of(late - ONE_DAY)
    return at if at >= asked_at(run, evaluation) + ONE_DAY else None


def _morning_of(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(BANGKOK).date(), _MORNING, BANGKOK)


def next_round(asking: Asking, run: OfferedRun, evaluations: Sequence[Evaluation], now: datetime) -> Round | None:
    """The one that goes on, or the first that is due. `evaluations` are those of all forms of the run, `now` is
    business time."""
    if asking.round is not None:
        return asking.round
    for again in (False, True):
        due = [one for one in evaluations if _due_at(asking, run, one, again=again) <= now < _closes_at(run, one)]
        for audience in Audience:
            if forms := tuple(one.kind for one in due if AUDIENCE[one.kind] is audience):
                return Round(forms, again)
    return None


def looks_at(asking: Asking, run: OfferedRun, evaluations: Iterable[Evaluation], now: datetime) -> datetime | None:
    """The next time at which there is something to ask, if nothing changes; None: there is none."""
    dues = [
        due
        for one in evaluations
        for again in (False, True)
        if now < (due := _due_at(asking, run, one, again=again)) < _closes_at(run, one)
    ]
    return min(dues, default=None)


_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def _due_at(asking: Asking, run: OfferedRun, evaluation: Evaluation, *, again: bool) -> datetime:
    if not again:
        return _NEVER if evaluation.kind in asking.asked else asked_at(run, evaluation)
    waits = evaluation.kind in asking.asked and evaluation.kind not in asking.reminded
    return (reminded_at(run, evaluation) or _NEVER) if waits else _NEVER


def _closes_at(run: OfferedRun, evaluation: Evaluation) -> datetime:
    """What was closed is over, wherever the run is moved."""
    return _LONG_AGO if evaluation.closed else evaluation.window(run).closes_at


def still_open(round: Round, run: OfferedRun, evaluations: Iterable[Evaluation], now: datetime) -> list[Evaluation]:
    """Those of the forms of the round that can be answered now: the organiser may have moved their times."""
    return [one for one in evaluations if one.kind in round.forms and one.phase(run, now) is Phase.OPEN]


def events_of(
    run: OfferedRun, round: Round, evaluations: Sequence[Evaluation], unanswered: Sequence[Unanswered]
) -> list[AnswersAsked]:
    """What is told of a page. `evaluations` are those of the forms that are still open."""
    closes = {one.kind: one.window(run).closes_at for one in evaluations}
    if round.audience is Audience.SUPERIORS:
        offices = sorted({root_unit(one.holder.place.unit) for one in unanswered})
        return [_event(run, round, round.forms, closes, offices=tuple(some)) for some in portions(offices, MOST_ASKED)]
    by_forms: dict[tuple[FormKind, ...], list[AskedPerson]] = {}
    for one in unanswered:
        holder = one.holder
        asked = AskedPerson(nomination=holder.nomination, person=holder.person, unit=holder.place.unit)
        by_forms.setdefault(one.forms, []).append(asked)
    return [
        _event(run, round, forms, closes, people=tuple(some))
        for forms, people in by_forms.items()
        for some in portions(people, MOST_ASKED)
    ]


def _event(
    run: OfferedRun,
    round: Round,
    forms: tuple[FormKind, ...],
    closes: Mapping[FormKind, datetime],
    *,
    people: tuple[AskedPerson, ...] = (),
    offices: tuple[str, ...] = (),
) -> AnswersAsked:
    """Until the first of the forms closes."""
    return AnswersAsked(
        programme=run.programme,
        run=run.id,
        forms=forms,
        closes_at=min(closes[form] for form in forms),
        again=round.again,
        people=people,
        offices=offices,
    )


def went_on(asking: Asking, round: Round, after: str, events: int) -> Asking:
    """After a page that is not the last one."""
    kept = replace(round, after=after)
    return replace(asking, round=kept, seq=asking.seq + events, version=asking.version + 1)


def ended(
    asking: Asking,
    round: Round,
    run: OfferedRun,
    evaluations: Iterable[Evaluation],
    now: datetime,
    events: int,
) -> Asking:
    """After the last page. Whoever is asked so late that it would be again within a day is asked once."""
    done = replace(asking, round=None, seq=asking.seq + events, version=asking.version + 1)
    if round.again:
        return replace(done, reminded=done.reminded | set(round.forms))
    late = {
        one.kind
        for one in evaluations
        if one.kind in round.forms and (at := reminded_at(run, one)) is not None and at < now + ONE_DAY
    }
    return replace(done, asked=done.asked | set(round.forms), reminded=done.reminded | late)
