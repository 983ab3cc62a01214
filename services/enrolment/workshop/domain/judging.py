"""A score of an idea, and what the jury comes to in the end. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from services.enrolment.workshop.domain.groups import Workshop
from services.enrolment.workshop.domain.idea_refusals import JudgeOfOwnIdea
from services.enrolment.workshop.domain.ideas import Action, Idea
from services.enrolment.workshop.domain.scoring import Ranked, Score, ended, ranking, scored
from shared.events.workshops import IdeaResult, ScoringClosed, WorkshopFact


def give(workshop: Workshop, idea: Idea, score: Score, people: Collection[str]) -> Workshop:
    """`people` are those of its group. Raises IdeaState, JudgeOfOwnIdea, and the refusals of a score."""
    scoring = scored(workshop.scoring, score)
    idea.after(Action.SCORE)
    if score.judge in people:
        raise JudgeOfOwnIdea()
    return replace(workshop, scoring=scoring)


def close(
    workshop: Workshop, ideas: Mapping[str, Idea], scores: Sequence[Score]
) -> tuple[Workshop, list[Idea], tuple[WorkshopFact, ...]]:
    """The ideas with what they came to. Raises NoScoring, ScoringIsClosed and NothingScored."""
    scoring = ended(workshop.scoring)
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
