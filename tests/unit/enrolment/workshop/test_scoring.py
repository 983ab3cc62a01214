"""The jury: who may score what, and how points become ranks."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.workshop.domain import idea_refusals as refusals
from services.enrolment.workshop.domain.idea_refusals import JudgeOfOwnIdea
from services.enrolment.workshop.domain.judging import close, give
from services.enrolment.workshop.domain.scoring import (
    Criterion,
    Score,
    Scoring,
    ended,
    ranking,
    scored,
    set_up,
    shown_to,
)
from shared.errors import Refused
from shared.events.workshops import ScoringClosed
from tests.unit.enrolment.workshop.people import EMPTY
from tests.unit.enrolment.workshop.test_ideas import DRAFT, SUBMITTED

USE, NEW = Criterion("use", "ประโยชน์", 10, weight=2), Criterion("new", "ความใหม่", 5)
OPEN = Scoring((USE, NEW), ("a", "b"))


def score(idea: str, judge: str, use: int, new: int = 0) -> Score:
    return Score(idea, judge, {"use": use, "new": new})


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (lambda: scored(None, score("i", "a", 1)), refusals.NoScoring),
        (lambda: scored(replace(OPEN, open=False), score("i", "a", 1)), refusals.ScoringIsClosed),
        (lambda: scored(OPEN, score("i", "c", 1)), refusals.NotJudge),
        (lambda: scored(OPEN, Score("i", "a", {"use": 1})), refusals.ScoreOfOtherCriteria),
        (lambda: scored(OPEN, Score("i", "a", {"use": 1, "new": 1, "x": 1})), refusals.ScoreOfOtherCriteria),
        (lambda: scored(OPEN, score("i", "a", 11)), refusals.ScoreOutsideScale),
        (lambda: scored(OPEN, score("i", "a", -1)), refusals.ScoreOutsideScale),
        (lambda: scored(OPEN, score("i", "a", 1, 6)), refusals.ScoreOutsideScale),
        (lambda: ended(None), refusals.NoScoring),
        (lambda: ended(OPEN), refusals.NothingScored),
        (lambda: ended(replace(OPEN, begun=True, open=False)), refusals.ScoringIsClosed),
        (lambda: set_up(replace(OPEN, begun=True), (USE,), ("a",)), refusals.ScoringBegun),
        (lambda: set_up(replace(OPEN, open=False), (USE,), ("a",)), refusals.ScoringIsClosed),
    ],
)
def test_what_cannot_be_is_refused_with_its_own_code(attempt: Callable[[], object], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        attempt()


def test_both_ends_of_the_scale_are_on_it() -> None:
    for use, new in ((0, 0), (10, 5)):
        assert scored(OPEN, score("i", "a", use, new)).begun


def test_nobody_scores_an_idea_of_the_own_group() -> None:
    workshop = replace(EMPTY, sizes=(1, 1), scoring=OPEN)
    with pytest.raises(JudgeOfOwnIdea):
        give(workshop, SUBMITTED, score(SUBMITTED.id, "a", 1), ("a",))
    with pytest.raises(refusals.IdeaState):
        give(workshop, DRAFT, score(DRAFT.id, "a", 1), ())
    assert give(workshop, SUBMITTED, score(SUBMITTED.id, "a", 1), ("p1",)).scoring == replace(OPEN, begun=True)


def test_no_judge_sees_what_the_others_gave_before_the_end() -> None:
    for scoring, reader in ((None, "a"), (OPEN, "organiser"), (replace(OPEN, open=False), "a")):
        shown_to(scoring, reader)
    with pytest.raises(refusals.ScoringIsOpen):
        shown_to(OPEN, "a")


def test_ties_are_shown_and_the_next_rank_is_left_out() -> None:
    scores = [
        score("x", "a", 5, 1),
        score("x", "b", 6, 1),
        score("y", "a", 6, 0),
        score("y", "b", 5, 2),
        score("z", "a", 1),
        score("w", "b", 9, 5),
    ]
    found = [(one.idea, one.rank, one.points, one.judges, one.tied) for one in ranking((USE, NEW), scores)]
    assert found == [
        ("w", 1, 23.0, 1, False),
        ("x", 2, 12.0, 2, True),
        ("y", 2, 12.0, 2, True),
        ("z", 4, 2.0, 1, False),
    ]


def test_thirds_are_equal_and_no_rounding_parts_them() -> None:
    plain = Criterion("use", "ก", 10)
    scores = [Score("x", judge, {"use": points}) for judge, points in zip("abc", (1, 1, 2), strict=True)]
    scores += [Score("y", judge, {"use": points}) for judge, points in zip("abcdef", (2, 2, 1, 1, 1, 1), strict=True)]
    one, other = ranking((plain,), scores)
    assert (one.rank, other.rank, one.tied, one.points) == (1, 1, True, 1.33)


def test_means_of_a_jury_are_rounded_as_in_reports() -> None:
    scores = [Score("x", str(judge), {"use": points}) for judge, points in enumerate((1, *[0] * 7))]
    assert [one.points for one in ranking((Criterion("use", "ก", 10),), scores)] == [0.13]


points = st.dictionaries(
    st.tuples(st.sampled_from("uvwxyz"), st.sampled_from("abcd")), st.tuples(st.integers(0, 10), st.integers(0, 5))
)


@given(points)
def test_ranks_are_how_many_are_better(given_points: dict[tuple[str, str], tuple[int, int]]) -> None:
    scores = [score(idea, judge, *both) for (idea, judge), both in given_points.items()]
    sums: dict[str, list[int]] = {}
    for (idea, _), (use, new) in given_points.items():
        sums.setdefault(idea, []).append(2 * use + new)
    means = {idea: Fraction(sum(some), len(some)) for idea, some in sums.items()}
    found = ranking((USE, NEW), scores)
    assert {one.idea: one.rank for one in found} == {
        idea: 1 + sum(other > mean for other in means.values()) for idea, mean in means.items()
    }
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    assert all(one.tied is (sum(other.rank == one.rank for other in found) > 1) for one in found)
    assert ranking((USE, NEW), list(reversed(scores))) == found


def test_the_end_is_told_with_ranks_and_kept_with_the_ideas() -> None:
    workshop = replace(EMPTY, sizes=(1, 1), seq=3, scoring=replace(OPEN, begun=True))
    other = replace(SUBMITTED, id="i2", group=1)
    scores = [score("i1", "a", 5), score("i2", "a", 7, 1)]
    after, judged, [fact] = close(workshop, {"i1": SUBMITTED, "i2": other}, scores, {}, incomplete=True)
    assert isinstance(fact, ScoringClosed)
    assert [(row.idea, row.group, row.rank, row.points) for row in fact.results] == [
        ("i2", 1, 1, 15.0),
        ("i1", 2, 2, 10.0),
    ]
    assert [(one.id, one.rank, one.points, one.judges, one.version) for one in judged] == [
        ("i2", 1, 15.0, 1, 2),
        ("i1", 2, 10.0, 1, 2),
    ]
    assert (after.seq, after.scoring) == (4, replace(OPEN, begun=True, open=False))


def test_the_end_waits_for_every_judge_of_every_idea_that_was_submitted() -> None:
    workshop = replace(EMPTY, sizes=(1, 1), scoring=replace(OPEN, begun=True))
    ideas = {"i1": SUBMITTED, "i2": replace(SUBMITTED, id="i2", group=1), "i3": replace(DRAFT, id="i3")}
    one_of_two = [score("i1", "a", 10, 5), score("i2", "a", 9, 4), score("i2", "b", 9, 5)]
    with pytest.raises(refusals.ScoresMissing) as refused:
        close(workshop, ideas, one_of_two, {})
    assert refused.value.details == {"scores": 1, "ideas": 1}
    with pytest.raises(refusals.ScoresMissing) as refused:
        close(workshop, ideas, one_of_two[:1], {"b": SUBMITTED.group})
    assert refused.value.details == {"scores": 2, "ideas": 1}
    for groups, incomplete in (({}, True), ({"b": SUBMITTED.group}, False)):  # b is of the group of i1
        _, judged, _ = close(workshop, ideas, one_of_two, groups, incomplete=incomplete)
        assert [(one.id, one.judges) for one in judged] == [("i1", 1), ("i2", 2)]
