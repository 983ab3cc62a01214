"""How a jury scores: criteria with their scale and weight, one score of a judge for an idea, and the ranking. Pure.

Points are added as fractions, so that who has as many as another is never ahead by a rounding.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple

from services.enrolment.workshop.domain.idea_refusals import (
    NoScoring,
    NothingScored,
    NotJudge,
    ScoreOfOtherCriteria,
    ScoreOutsideScale,
    ScoringBegun,
    ScoringIsClosed,
    ScoringIsOpen,
)
from shared.rounding import rounded

MOST_CRITERIA: Final = 20
MOST_JUDGES: Final = 20


@dataclass(frozen=True, slots=True)
class Criterion:
    """From 0 to `most` points, which count `weight` times."""

    key: str
    th: str
    most: int
    weight: int = 1
    en: str | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """`judges` are subjects. `begun`: somebody has scored."""

    criteria: tuple[Criterion, ...]
    judges: tuple[str, ...]
    open: bool = True
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What one judge gives to one idea, by criterion."""

    idea: str
    judge: str
    points: Mapping[str, int]


class Ranked(NamedTuple):
    """`points` are the mean of the judges, with two decimals; `tied`: somebody else has the same rank."""

    idea: str
    rank: int
    points: float
    judges: int
    tied: bool


def set_up(before: Scoring | None, criteria: Sequence[Criterion], judges: Sequence[str]) -> Scoring:
    """Until somebody has scored it may be set up anew. Raises ScoringIsClosed and ScoringBegun."""
    if before is not None and not before.open:
        raise ScoringIsClosed()
    if before is not None and before.begun:
        raise ScoringBegun()
    return Scoring(tuple(criteria), tuple(judges))


def scored(scoring: Scoring | None, score: Score) -> Scoring:
    """After a score, which takes the place of an earlier one of that judge. Raises NoScoring, ScoringIsClosed,
    NotJudge, ScoreOfOtherCriteria and ScoreOutsideScale."""
    if scoring is None:
        raise NoScoring()
    if not scoring.open:
        raise ScoringIsClosed()
    if score.judge not in scoring.judges:
        raise NotJudge()
    if set(score.points) != {one.key for one in scoring.criteria}:
        raise ScoreOfOtherCriteria()
    for criterion in scoring.criteria:
        if not 0 <= score.points[criterion.key] <= criterion.most:
            raise ScoreOutsideScale(criterion=criterion.key, most=criterion.most)
    return replace(scoring, begun=True)


def ended(scoring: Scoring | None) -> Scoring:
    """Raises NoScoring, ScoringIsClosed and NothingScored."""
    if scoring is None:
        raise NoScoring()
    if not scoring.open:
        raise ScoringIsClosed()
    if not scoring.begun:
        raise NothingScored()
    return replace(scoring, open=False)


def shown_to(scoring: Scoring | None, reader: str) -> None:
    """Whether `reader`, who may enter sheets of judges, sees what each of them gave. Who is a judge too would be led by
    the others' points: raises ScoringIsOpen."""
    if scoring is not None and scoring.open and reader in scoring.judges:
        raise ScoringIsOpen()


def ranking(criteria: Sequence[Criterion], scores: Iterable[Score]) -> list[Ranked]:
    """The ideas that anybody scored, the best first; the same rank for the same mean, and the next after as many."""
    weights = {one.key: one.weight for one in criteria}
    sums: dict[str, list[int]] = {}
    for score in scores:
        points = sum(weights[key] * given for key, given in score.points.items())
        sums.setdefault(score.idea, []).append(points)
    means = {idea: Fraction(sum(points), len(points)) for idea, points in sums.items()}
    values = list(means.values())
    return [
        Ranked(
            idea,
            1 + sum(other > mean for other in values),
            rounded(mean),
            len(sums[idea]),
            values.count(mean) > 1,
        )
        for idea, mean in sorted(means.items(), key=lambda row: (-row[1], row[0]))
    ]
