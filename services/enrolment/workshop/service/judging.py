"""The jury: criteria and judges, scores, and the end of scoring."""

from collections.abc import Mapping, Sequence

from services.enrolment.workshop.domain import judging
from services.enrolment.workshop.domain.idea_refusals import NoScoring, ScoringIsOpen, UnknownIdea
from services.enrolment.workshop.domain.ideas import ENTERED, MOST_IDEAS, Idea
from services.enrolment.workshop.domain.scoring import Criterion, Score, Scoring, set_up, shown_to
from services.enrolment.workshop.http.responses import score_response, scoring_response
from services.enrolment.workshop.service.sources import Sources, present
from services.enrolment.workshop.storage import Workshops
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork


class Judging:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: Workshops, sources: Sources, locks: Locks) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._locks = locks

    async def scoring(self, run: str) -> Scoring:
        """Raises NoScoring, NotFound and GroupsOfCancelledRun."""
        found = (await present(self._sources, self._store, run)).workshop.scoring
        if found is None:
            raise NoScoring()
        return found

    async def ranking(self, run: str) -> list[Idea]:
        """What was scored, the best first. Nobody sees it while a judge may still be led by it: raises ScoringIsOpen,
        and what `scoring` does."""
        if (await self.scoring(run)).open:
            raise ScoringIsOpen()
        ideas = await self._store.ideas(run, None, ENTERED, "", MOST_IDEAS)
        return sorted((one for one in ideas if one.rank is not None), key=lambda one: (one.rank or 0, one.id))

    async def scores(self, run: str, idea: str, reader: str, after: str, limit: int) -> list[Score]:
        """Raises NotFound, GroupsOfCancelledRun and ScoringIsOpen."""
        await self._sources.run(run)
        found = await self._store.workshop(run)
        shown_to(None if found is None else found.scoring, reader)
        if await self._store.idea(run, idea) is None:
            raise NotFound()
        return await self._store.scores_of(idea, after, limit)

    async def set_up(self, key: CommandKey, run: str, criteria: Sequence[Criterion], judges: Sequence[str]) -> Recorded:
        """Raises NotFound, ScoringBegun and ScoringIsClosed."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            scoring = set_up(before.workshop.scoring, criteria, judges)
            await self._store.write(before.stored, before.workshop.advanced((), scoring=scoring), session)
            recorder.note("set-up-scoring", "run", run, count=len(judges))
            return CommandResult(scoring_response(scoring, judges=True))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def give(self, key: CommandKey, run: str, idea: str, judge: str, points: Mapping[str, int]) -> Recorded:
        """Raises UnknownIdea, IdeaState, and the refusals of a score."""
        score = Score(idea, judge, points)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            found = await self._store.idea(run, idea, session)
            if found is None or found.state not in ENTERED:
                raise UnknownIdea()
            people = {one.person for one in await self._store.of_group(run, found.group, session)}
            after = judging.give(before.workshop, found, score, people)
            await self._store.write(before.stored, after, session)
            await self._store.write_score(run, score, recorder.now, session)
            recorder.note("score-idea", "idea", idea)
            return CommandResult(score_response(score))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def close(self, key: CommandKey, run: str, *, incomplete: bool) -> Recorded:
        """Raises NotFound, NoScoring, ScoringIsClosed, NothingScored and ScoresMissing."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            scores = await self._store.scores(run, session)
            entered = await self._store.ideas(run, None, ENTERED, "", MOST_IDEAS, session)
            ideas, jury = {one.id: one for one in entered}, before.workshop.scoring
            groups = {} if jury is None else await self._store.groups_of(run, jury.judges, session)
            after, judged, facts = judging.close(before.workshop, ideas, scores, groups, incomplete=incomplete)
            await self._store.write(before.stored, after, session)
            await self._store.write_ideas(judged, session)
            recorder.record(facts, after=before.workshop.seq, offset_seconds=before.run.offset_seconds)
            recorder.note("close-scoring", "run", run)
            if after.scoring is None:
                raise NoScoring()
            return CommandResult(scoring_response(after.scoring, judges=True))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)
