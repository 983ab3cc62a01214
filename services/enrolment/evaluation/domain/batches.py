"""Answers in batches of five or more, as sums. Pure.

What has been told is a sum of whole batches, of each question too, so the difference between any two results is a sum
of whole batches as well: never of fewer than five people. There is nothing to filter by, so nothing else can be
subtracted. What is held back while a form is open lets the last batch have five, too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.enrolment.evaluation.domain.forms import Form
from services.enrolment.evaluation.domain.questions import Answers, QuestionKind
from shared.events.evaluation import SMALLEST_BATCH, AnswersReleased, QuestionSum

FULL: Final = 4 * SMALLEST_BATCH  # more are not held while a form is open


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is in no batch yet, in no order. `gain`: what its person has gained since PRE."""

    answers: Answers
    gain: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What answers to one question come to."""

    answers: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    total: int = 0

    def plus(self, other: "Sum") -> "Sum":
        counts = dict(Counter(self.counts) + Counter(other.counts))
        return Sum(self.answers + other.answers, counts, self.total + other.total)


Sums = Mapping[str, Sum]


@dataclass(frozen=True, slots=True)
class Pool:
    """What is held. `gains` and `carried`, which are sums by question, are of batches that were told without them,
    because they were of fewer than five: not everybody answers every question."""

    held: tuple[Held, ...] = ()
    gains: tuple[int, ...] = ()
    carried: Sums = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """`texts` by question, each apart from whatever else its writer said."""

    size: int
    sums: Sums
    texts: Sequence[tuple[str, str]]
    gains: int
    gained: int


def released_now(held: int, *, final: bool) -> int:
    """How many of those that are held make a batch: all, if it is `final` for now or for good and they are enough; else
    those beyond five."""
    if final:
        return held if held >= SMALLEST_BATCH else 0
    return held - SMALLEST_BATCH if held >= 2 * SMALLEST_BATCH else 0


def cut(form: Form, pool: Pool, size: int) -> tuple[Pool, Batch]:
    """The first so many, which are any: a pool has been shuffled."""
    chosen, rest = pool.held[:size], pool.held[size:]
    gains = (*pool.gains, *(one.gain for one in chosen if one.gain is not None))
    told = gains if len(gains) >= SMALLEST_BATCH else ()
    sums = added(pool.carried, sums_of(form, (one.answers for one in chosen)))
    large = {key: one for key, one in sums.items() if one.answers >= SMALLEST_BATCH}
    carried = {key: one for key, one in sums.items() if key not in large}
    texts = [(key, str(one.answers[key])) for key in form.texts for one in chosen if key in one.answers]
    return Pool(rest, () if told else gains, carried), Batch(len(chosen), large, texts, len(told), sum(told))


def sums_of(form: Form, answers: Iterable[Answers]) -> dict[str, Sum]:
    """Of every question that anybody has answered."""
    sums: dict[str, Sum] = {}
    kinds = {key: question.kind for key, question in form.questions.items()}
    for given in answers:
        for key, value in given.items():
            sums[key] = sums.get(key, Sum()).plus(_one(kinds[key], value))
    return sums


def _one(kind: QuestionKind, value: int | str) -> Sum:
    counts = {} if kind in (QuestionKind.TEXT, QuestionKind.NUMBER) else {str(value): 1}
    return Sum(1, counts, value if isinstance(value, int) else 0)


def added(before: Sums, batch: Sums) -> dict[str, Sum]:
    return {key: before.get(key, Sum()).plus(batch.get(key, Sum())) for key in before.keys() | batch.keys()}


def batch_event(programme: str, run: str, fiscal_year: int, form: Form, batch: Batch) -> AnswersReleased:
    numbers = {key for key, question in form.questions.items() if question.kind in NUMBERS}
    return AnswersReleased(
        programme=programme,
        run=run,
        fiscal_year=fiscal_year,
        form=form.kind,
        form_key=form.key,
        form_version=form.version,
        measure=form.measure,
        answers=batch.size,
        questions=tuple(
            QuestionSum(
                question=key,
                answers=one.answers,
                counts=dict(sorted(one.counts.items())),
                total=one.total if key in numbers else None,
            )
            for key, one in sorted(batch.sums.items())
        ),
        gains=batch.gains,
        gained=batch.gained,
    )


NUMBERS: Final = frozenset({QuestionKind.LEVEL, QuestionKind.NUMBER})
