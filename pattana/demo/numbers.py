"""The numbers that a play may expect: where each is found in the services' answers. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

Answers = Mapping["Source", Any]
DECIDED_BEFORE: Final = frozenset({"posts", "allocate", "open"})
SEATED_BY: Final = DECIDED_BEFORE | {
    *("nominate", "apply", "exOfficio", "approve", "reject", "withdraw", "substitute", "wait")
}
GROUPED_BY: Final = SEATED_BY | {"groups"}
ATTENDED_BY: Final = SEATED_BY | {"checkIn"}
FOLLOWED_UP_BY: Final = frozenset({"assign", "complete"})
NOT_APPLICABLE: Final = "n/a"

CERTIFIED_BY: Final = frozenset({"certify"})
ANSWERED_BY: Final = frozenset({"answer"})
EVALUATED: Final = (
    *("evaluations", "reactionCounts", "reactionMean", "satisfiedPct", "assessments", "transferMean"),
    *("preCounts", "preMean", "postCounts", "postMean", "gain"),
)


class UnknownNumber(Exception):
    """No report has a number of this name; the text is a sentence."""


class Source(StrEnum):
    """What is asked for a number."""

    REPORT = "report"
    MESSAGES = "messages"
    WAVES = "waves"
    BUCKETS = "buckets"
    RUN = "run"
    NOMINATIONS = "nominations"
    APPLIED = "applied"  # how many applications of this play were accepted
    VACANT = "vacant"  # posts without anybody, as the last invitation ex officio was answered
    DAYS_LEFT = "days left"  # from the run's day, by the play's clock


@dataclass(frozen=True, slots=True)
class Number:
    """`moved_by`: the words of steps after which it may be another."""

    sources: tuple[Source, ...]
    find: Callable[[Answers], Any]
    moved_by: frozenset[str] = SEATED_BY


def _reported(name: str, moved_by: frozenset[str] = SEATED_BY) -> Number:
    return Number((Source.REPORT,), lambda answers: answers[Source.REPORT][name], moved_by)


def _messages(kind: str, count: str, moved_by: frozenset[str] = SEATED_BY) -> Number:
    return Number((Source.MESSAGES,), lambda answers: answers[Source.MESSAGES].get(kind, {}).get(count, 0), moved_by)


def _covered(answers: Answers) -> Mapping[str, Any]:
    """Provinces somebody of whom was there. Where no province has seats, the report says so in words."""
    covered: Mapping[str, Any] = answers[Source.REPORT]["attendedCoverage"]
    return covered if covered["of"] is not None else {**covered, "text": NOT_APPLICABLE}


def ex_officio(answers: Answers) -> int:
    return sum(1 for nomination in answers[Source.NOMINATIONS] if nomination["exOfficio"] is not None)


def per_wave(answers: Answers) -> int:
    """Reminders of the wave that is due now: the last one whose day has come."""
    left = answers[Source.DAYS_LEFT]
    waves = {wave: days for wave in answers[Source.WAVES] if (days := days_of(wave)) is not None and days >= left}
    return int(answers[Source.WAVES][min(waves, key=waves.__getitem__)]) if waves else 0


def days_of(wave: str) -> int | None:
    counted = re.fullmatch(r"D-([0-9]+)", wave)
    return int(counted[1]) if counted else None


NUMBERS: Final[Mapping[str, Number]] = {
    "quotaBuckets": _reported("quotaBuckets"),
    "nominationRequestsSent": _messages("NOMINATION_REQUEST", "sent", DECIDED_BEFORE),
    "nominationsProvincialPrimary": _reported("nominationsProvincialPrimary"),
    "nominationsProvincialReserve": _reported("nominationsProvincialReserve"),
    "nominationsCentral": _reported("nominationsCentral"),
    "nominationsInitial": _reported("nominations"),
    "nominationsTotal": _reported("nominations"),
    "approvedInitial": _reported("confirmed"),
    "waitlistedInitial": _reported("waitlistRemaining"),
    "remindersPerWave": Number((Source.WAVES, Source.DAYS_LEFT), per_wave, frozenset({"remind"})),
    "reminderMessages": Number(
        (Source.WAVES,), lambda answers: sum(answers[Source.WAVES].values()), frozenset({"remind"})
    ),
    "target": _reported("target", DECIDED_BEFORE),
    "nominations": _reported("nominations"),
    "applications": Number((Source.APPLIED,), lambda answers: answers[Source.APPLIED], frozenset({"apply"})),
    "confirmed": _reported("confirmed"),
    "confirmedProvincial": _reported("confirmedProvincial"),
    "confirmedCentral": _reported("confirmedCentral"),
    "waitlistRemaining": _reported("waitlistRemaining"),
    "withdrawn": _reported("withdrawn"),
    "rejected": _reported("rejected"),
    "warned": _reported("nominationsWarned"),
    "calendarWarnings": Number(
        (Source.RUN,), lambda answers: answers[Source.RUN]["calendarWarnings"], frozenset({"open"})
    ),
    "exOfficioNominations": Number((Source.NOMINATIONS,), ex_officio),
    "vacantPosts": Number((Source.VACANT,), lambda answers: answers[Source.VACANT], frozenset({"exOfficio"})),
    "confirmedHeads": _reported("confirmedHeads"),
    "confirmedActing": _reported("confirmedActing"),
    "headsByRegion": _reported("headsByRegion"),
    "reportDue": _reported("reportDue", DECIDED_BEFORE),
    "reportDueFiscalYear": _reported("reportDueFiscalYear", DECIDED_BEFORE),
    "reminder5WorkingDaysBefore": _reported("reminder5WorkingDaysBefore", DECIDED_BEFORE),
    **{name: _reported(name, ANSWERED_BY) for name in EVALUATED},
    **{name: _reported(name, GROUPED_BY) for name in ("groups", "largestGroup", "smallestGroup")},
    **{name: _reported(name, frozenset({"idea", "award"})) for name in ("ideas", "ideasWithIndicator", "awards")},
    "mofTrainingClass": _reported("mofTrainingClass"),
    "classARatioPct": _reported("classARatioPct"),
    "followUpTasks": _reported("followUpTasks", frozenset({"assign"})),
    "followUpDone": _reported("followUpDone", FOLLOWED_UP_BY),
    "followUpDonePct": _reported("followUpDonePct", FOLLOWED_UP_BY),
    "followUpOverdue": _reported("followUpOverdue", FOLLOWED_UP_BY | {"wait"}),
    "followUpPending": _reported("followUpPending", FOLLOWED_UP_BY | {"wait"}),
    "attended": _reported("attended", ATTENDED_BY),
    "attendedProvincial": _reported("attendedProvincial", ATTENDED_BY),
    "attendedCentral": _reported("attendedCentral", ATTENDED_BY),
    "attendedByRegion": _reported("attendedByRegion", ATTENDED_BY),
    "attendedByGroup": _reported("attendedByGroup", ATTENDED_BY),
    "noShow": _reported("noShow", ATTENDED_BY),
    "attendanceRatePct": _reported("attendanceRatePct", ATTENDED_BY),
    "attendancePct": _reported("attendancePct", ATTENDED_BY),
    "headInPersonPct": _reported("headInPersonPct", ATTENDED_BY),
    "provinceCoverage": Number((Source.REPORT,), lambda answers: _covered(answers)["text"], ATTENDED_BY),
    "provinceCoveragePct": Number((Source.REPORT,), lambda answers: _covered(answers)["percentage"], ATTENDED_BY),
    "evaluationResponsePct": _reported("evaluationResponsePct", ATTENDED_BY | ANSWERED_BY),
    "certificates": _reported("certificates", CERTIFIED_BY),
    "certificatePendingEvaluation": _reported("certificatePendingEvaluation", CERTIFIED_BY),
    "promotedFromWaitlist": _messages("PROMOTED", "made"),
    "confirmedByRegion": _reported("confirmedByRegion"),
    "confirmedByGroup": _reported("confirmedByGroup"),
}
OF_FRAMEWORKS: Final = frozenset(
    {
        *("programmes", "targetTotal", "confirmedTotal", "attendedTotal", "attendanceRatePct", "certificatesTotal"),
        *("byFiscalYear", "insideFramework", "outsideFramework", "byIssueInsideFramework", "gaps"),
    }
)


def number_of(name: str, targets: Sequence[str]) -> Number:
    """`targets` are the programme's target groups. Raises UnknownNumber."""
    if name in NUMBERS:
        return NUMBERS[name]
    for beginning, make in OF_TARGETS.items():
        if name.startswith(beginning) and (target := _target(name.removeprefix(beginning), targets)) is not None:
            return make(target)
    raise UnknownNumber(f"{name} is not a number that any report has")


def _target(called: str, targets: Sequence[str]) -> str | None:
    """`.PROV_K3`, or `K3` where one target group alone ends so."""
    if called.startswith("."):
        return called[1:] if called[1:] in targets else None
    ending = [target for target in targets if target == called or target.endswith(f"_{called}")]
    return ending[0] if called and len(ending) == 1 else None


def _of_target(field: str, target: str) -> Number:
    def find(answers: Answers) -> Any:
        return answers[Source.REPORT]["byTarget"].get(target, {}).get(field, 0)

    return Number((Source.REPORT,), find)


def _seats(target: str) -> Number:
    return Number((Source.BUCKETS,), lambda answers: sum(row["seats"] for row in _buckets(answers, target)))


def _buckets_of(target: str) -> Number:
    return Number((Source.BUCKETS,), lambda answers: sum(1 for row in _buckets(answers, target) if row["seats"]))


def _buckets(answers: Answers, target: str) -> list[Mapping[str, Any]]:
    return [row for row in answers[Source.BUCKETS] if row["target"] == target]


# By how the name begins; the rest names the target group.
OF_TARGETS: Final[Mapping[str, Callable[[str], Number]]] = {
    "seats": _seats,
    "buckets": _buckets_of,
    "nominations": partial(_of_target, "nominations"),
    "confirmed": partial(_of_target, "confirmed"),
    "waitlisted": partial(_of_target, "waitlistRemaining"),
    "withdrawn": partial(_of_target, "withdrawn"),
    "rejected": partial(_of_target, "rejected"),
}


def flat(answers: Answers) -> dict[str, Any]:
    """All numbers of the report and of the messages, for a step that must move none. How fresh they are does not
    count."""
    found: dict[str, Any] = {}
    _flatten({key: value for key, value in answers[Source.REPORT].items() if key not in ("asOf", "lag")}, "", found)
    _flatten(answers[Source.MESSAGES], "messages.", found)
    _flatten(answers[Source.WAVES], "reminders.", found)
    return found


def _flatten(value: Any, name: str, found: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _flatten(item, f"{name}{key}.", found)
    elif isinstance(value, list):
        for item in value:
            key = item.get("key", "") if isinstance(item, Mapping) else ""
            _flatten(item, f"{name}{key}.", found)
    elif isinstance(value, int | float):
        found[name.rstrip(".")] = value
