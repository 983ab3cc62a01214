"""A score of an idea, and what the jury comes to in the end. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from services.enrolment.workshop.domain.groups import Workshop
from services.enrolment.workshop.domain.idea_refusals import JudgeOfOwnIdea, ScoresMissing
from services.enrolment.workshop.domain.ideas import Action, Idea, State
from services.enrolment.workshop.domain.scoring import Ranked, Score, Scoring, ended, ranking, scored
from shared.events.workshops import IdeaResult, ScoringClosed, WorkshopFact


def give(workshop: Workshop, idea: Idea, score: Score, people: Collection[str]) -> Workshop:
    """`people` are those of its group. Raises IdeaState, JudgeOfOwnIdea, and the refusals of a score."""
    scoring = scored(workshop.scoring, score)
    idea.after(Action.SCORE)
    if score.judge in people:
        raise JudgeOfOwnIdea()
    return replace(workshop, scoring=scoring)


def _complete(scoring: Scoring, ideas: Iterable[Idea], scores: Iterable[Score], groups: Mapping[str, int]) -> None:
    """Whether every judge has scored every idea that could be: the high points of one would else stand against the mean
    of all. `groups` of judges who are in one. Raises ScoresMissing."""
    given = {(one.idea, one.judge) for one in scores}
    missing = [
        idea.id
        for idea in ideas
        for judge in scoring.judges
        if idea.state is State.SUBMITTED and groups.get(judge) != idea.group and (idea.id, judge) not in given
    ]
    if missing:
        raise ScoresMissing(scores=len(missing), ideas=len(set(missing)))


def close(
    workshop: Workshop,
    ideas: Mapping[str, Idea],
    scores: Sequence[Score],
    groups: Mapping[str, int],
    *,
    incomplete: bool = False,
) -> tuple[Workshop, list[Idea], tuple[WorkshopFact, ...]]:
    """The ideas with what they came to. `groups` of judges who are in one; `incomplete`: also without the scores that
    are missing. Raises NoScoring, ScoringIsClosed, NothingScored and ScoresMissing."""
    scoring = ended(workshop.scoring)
    if not incomplete:
        _complete(scoring, ideas.values(), scores, groups)
    ranked = ranking(scoring.criteria, scores)
    judged = [_judged(ideas[one.idea], one) for one in ranked]
    fact = ScoringClosed(
        programme=workshop.programme,
        run=workshop.run,
        fiscal_year=workshop.fiscal_year,
        results=tuple(
            IdeaResult(
                idea=one.idea,
                group=ideas[one.idea].group,
                rank=one.rank,
                points=one.points,
                judges=one.judges,
                tied=one.tied,
            )
            for one in ranked
        ),
    )
    return workshop.advanced([fact], scoring=scoring), judged, (fact,)


def _judged(idea: Idea, one: Ranked) -> Idea:
    return replace(idea, rank=one.rank, points=one.points, judges=one.judges, tied=one.tied, version=idea.version + 1)
