"""What forms of a run have come to, as it is told. Pure.

It is of the whole run, so only who sees all of it is told. An observer is told nothing from which a count of one to
four people could be worked out: of levels that few have chosen neither counts nor mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.reporting.answering.domain.suppression import is_small
from services.reporting.projecting import Evaluated
from shared.rounding import percentage, rounded

LEVELS: Final = ("5", "4", "3", "2", "1")
SATISFIED: Final = ("5", "4")


@dataclass(frozen=True, slots=True)
class FormReport:
    """`counts` None: a form that measures by a number, or hidden, as `mean` may be. `gain` is that of those who were
    asked before."""

    answers: int
    counts: Mapping[str, int] | None
    mean: float | None
    satisfied: float | None
    gain: float | None


def form_report(evaluated: Evaluated, *, coarse: bool) -> FormReport:
    counted = dict(evaluated.counts)
    counts = {level: counted.get(level, 0) for level in LEVELS} if counted else None
    gain = rounded(evaluated.gained, evaluated.gains) if evaluated.gains else None
    if coarse and (counts is None or any(map(is_small, counts.values()))):
        return FormReport(evaluated.released, None, None, None, None)
    satisfied = None if counts is None else sum(counts[level] for level in SATISFIED)
    return FormReport(
        evaluated.released,
        counts,
        rounded(evaluated.total, evaluated.released),
        None if satisfied is None else percentage(satisfied, evaluated.released),
        None if coarse else gain,
    )
