"""A batch of events into the documents of one generation: it loads what it touches in one query per collection, folds
in memory, and saves in one write per collection."""

from collections.abc import Sequence

from services.reporting.projecting.domain.attendance import absence_id, is_about_gone, may_be_absent
from services.reporting.projecting.domain.certificates import Issue
from services.reporting.projecting.domain.descriptions import Programme, Run, Unit
from services.reporting.projecting.domain.evaluations import Evaluated
from services.reporting.projecting.domain.nominations import Impossible, row_key
from services.reporting.projecting.domain.workshops import Workshop
from services.reporting.projecting.handlers import (
    HANDLERS,
    Handler,
    ProjectionBatch,
    on_answers,
    on_attendance,
    on_bucket,
    on_nomination,
    on_programme,
    on_run,
    on_workshop,
)
from services.reporting.storage import Generation
from shared.events.attendance import MarksFact
from shared.events.envelope import Envelope, Event
from shared.events.seats import NominationFact
from shared.messaging.batch import BrokenInvariant
from shared.mongo import Session


class Projection:
    """The reaction of one generation, as the consumer calls it."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def apply(self, envelopes: Sequence[Envelope], session: Session) -> None:
        """Raises BrokenInvariant for the first event that cannot be true; nothing is saved then."""
        batch = await self._load(envelopes, session)
        for envelope in envelopes:
            if envelope.event is None:
                continue
            try:
                HANDLERS[type(envelope.event)](batch, envelope, envelope.event)
            except Impossible as error:
                raise BrokenInvariant(envelope, str(error)) from error
        await self._save(batch, session)

    async def _load(self, envelopes: Sequence[Envelope], session: Session) -> ProjectionBatch:
        touched: dict[Handler, list[Event]] = {handler: [] for handler in HANDLERS.values()}
        buckets: set[str] = set()
        for envelope in envelopes:
            if envelope.event is not None:
                handler = HANDLERS[type(envelope.event)]
                touched[handler].append(envelope.event)
                if handler in (on_bucket, on_nomination):
                    buckets.add(envelope.subject)
        generation = self._generation
        return ProjectionBatch(
            stored=await generation.rows(_rows(touched[on_nomination]), session),
            changes=await generation.changes(list(buckets), session),
            absences=await generation.absences(_absences([*touched[on_attendance], *touched[on_nomination]]), session),
            programmes=await generation.described(Programme, _ids(touched[on_programme], "programme"), session),
            evaluated=await generation.described(Evaluated, _ids(touched[on_answers], "aggregate"), session),
            workshops=await generation.described(Workshop, _ids(touched[on_workshop], "aggregate"), session),
            runs=await generation.described(Run, _ids(touched[on_run], "run"), session),
        )

    async def _save(self, batch: ProjectionBatch, session: Session) -> None:
        await self._generation.save_rows(batch.rows.values(), batch.stored, session)
        await self._generation.save_changes(batch.changes.values(), session)
        await self._generation.save_attendance(batch.attendance.values(), session)
        await self._generation.save_absences(batch.absences.values(), session)
        await self._generation.save_described(Issue, batch.issues.values(), session)
        await self._generation.save_follow_ups(batch.follow_ups.values(), session)
        await self._generation.save_plans(batch.plans.values(), session)
        await self._generation.save_described(Programme, batch.programmes.values(), session)
        await self._generation.save_described(Run, batch.runs.values(), session)
        await self._generation.save_described(Evaluated, batch.evaluated.values(), session)
        await self._generation.save_described(Workshop, batch.workshops.values(), session)
        await self._generation.save_described(Unit, batch.units.values(), session)


def _rows(events: Sequence[Event]) -> list[str]:
    return list({row_key(event) for event in events if isinstance(event, NominationFact)})


def _absences(events: Sequence[Event]) -> list[str]:
    """Of those who were missing, and of those who have given back a seat."""
    ids: set[str] = set()
    for event in events:
        if isinstance(event, MarksFact):
            ids |= {absence_id(event.run, mark.nomination) for mark in event.marks if may_be_absent(mark)}
        elif isinstance(event, NominationFact) and is_about_gone(event):
            ids.add(absence_id(event.run, event.nomination))
    return sorted(ids)


def _ids(events: Sequence[Event], name: str) -> list[str]:
    return list({getattr(event, name) for event in events})
