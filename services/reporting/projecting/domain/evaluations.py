"""What a form of a run has come to, folded from its batches: the sums of the question by which it measures. Pure."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from services.reporting.projecting.domain.nominations import Impossible
from shared.events.envelope import Envelope
from shared.events.evaluation import AnswersReleased, QuestionSum


class Evaluated(NamedTuple):
    """`released` have answered, as far as it is told. `counts` by level, in their order; none where a form measures by
    a number. `gains` people have gained `gained` in it since they were asked before."""

    id: str
    run: str
    form: str
    form_version: int
    measure: str
    released: int
    counts: tuple[tuple[str, int], ...]
    total: int
    gains: int
    gained: int
    last: datetime


def fold_evaluated(known: Evaluated | None, event: AnswersReleased, envelope: Envelope) -> Evaluated:
    """Raises Impossible for a batch that does not say what it measures."""
    measured = next((one for one in event.questions if one.question == event.measure), None)
    if measured is None or measured.total is None or measured.answers != event.answers:
        raise Impossible("a batch without the question by which its form measures")
    return Evaluated(
        id=event.aggregate,
        run=event.run,
        form=str(event.form),
        form_version=event.form_version,
        measure=event.measure,
        released=event.answers + (known.released if known else 0),
        counts=_counts(known, measured),
        total=measured.total + (known.total if known else 0),
        gains=event.gains + (known.gains if known else 0),
        gained=event.gained + (known.gained if known else 0),
        last=envelope.time,
    )


def _counts(known: Evaluated | None, measured: QuestionSum) -> tuple[tuple[str, int], ...]:
    counts = Counter(dict(known.counts) if known else {}) + Counter(measured.counts)
    return tuple(sorted(counts.items()))
