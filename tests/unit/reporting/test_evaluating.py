"""Forms of a run in the report: folded from batches, and told to an observer only where nobody can be singled out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.answering.domain.evaluating import LEVELS, form_report
from services.reporting.answering.domain.suppression import is_small
from services.reporting.projecting.domain.evaluations import Evaluated, fold_evaluated
from services.reporting.projecting.domain.nominations import Impossible
from shared.events.evaluation import AnswersReleased, QuestionSum
from tests.unit.reporting.histories import envelope

NOW = datetime(2024, 3, 20, tzinfo=UTC)


def batch(counts: dict[str, int], **changes: Any) -> AnswersReleased:
    size = sum(counts.values())
    total = sum(int(level) * count for level, count in counts.items())
    fields: dict[str, Any] = {
        "programme": "p1",
        "run": "r1",
        "fiscal_year": 2567,
        "form": "POST",
        "form_key": "POST",
        "form_version": 1,
        "measure": "knowledge",
        "answers": size,
        "questions": (QuestionSum(question="knowledge", answers=size, counts=counts, total=total),),
    }
    return AnswersReleased(**fields | changes)


def folded(*events: AnswersReleased) -> Evaluated:
    known = None
    for seq, event in enumerate(events, start=1):
        known = fold_evaluated(known, event, envelope(event, event.aggregate, seq))
    assert known is not None
    return known


def test_the_numbers_of_a_form() -> None:
    evaluated = folded(batch({"3": 6, "4": 14}), batch({"4": 16, "5": 14}, gains=50, gained=52))
    report = form_report(evaluated, coarse=False)
    assert (report.answers, report.mean, report.satisfied, report.gain) == (50, 4.16, 88.0, 1.04)
    assert report.counts == {"5": 14, "4": 30, "3": 6, "2": 0, "1": 0}
    assert list(report.counts or ()) == list(LEVELS)


def test_a_batch_that_does_not_say_what_it_measures_cannot_be() -> None:
    for changes in ({"measure": "other"}, {"answers": 7}):
        with pytest.raises(Impossible):
            folded(batch({"3": 6}, **changes))


def test_a_form_that_measures_by_a_number_has_a_mean_and_no_levels() -> None:
    numbers = (QuestionSum(question="knowledge", answers=6, total=90),)
    report = form_report(folded(batch({"3": 6}, questions=numbers)), coarse=False)
    assert (report.mean, report.counts, report.satisfied) == (15.0, None, None)


@given(st.dictionaries(st.sampled_from(LEVELS), st.integers(1, 12), min_size=1))
def test_an_observer_is_told_of_nobody_alone(counts: dict[str, int]) -> None:
    size = sum(counts.values())
    if size < 5:
        return
    report = form_report(folded(batch(counts, gains=5, gained=5)), coarse=True)
    assert report.gain is None
    if any(is_small(count) for count in counts.values()):
        assert (report.counts, report.mean, report.satisfied) == (None, None, None)
    else:
        assert report.counts == {level: counts.get(level, 0) for level in LEVELS}


def test_halves_are_rounded_as_in_every_report_and_a_loss_like_a_gain() -> None:
    loss = form_report(folded(batch({"1": 3, "2": 5}, gains=8, gained=-1)), coarse=False)
    assert (loss.mean, loss.gain) == (1.63, -0.13)
    levels = folded(*(batch({"1": 100, "5": 0}) for _ in range(7)), batch({"1": 99, "5": 1}))
    assert form_report(levels, coarse=False).satisfied == 0.13
