"""Who reacts to what: events into rows, rollups and descriptions, a batch at a time. The table at the end says it all.

A batch loads what it touches in one query per collection, folds in memory, and saves in one write per collection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.reporting.descriptions import Programme, Run, Unit, fold_programme, fold_run, fold_unit
from services.reporting.domain import Impossible, Row, fold, fold_bucket, seated
from services.reporting.rollups import RollupChange, delta
from services.reporting.storage import Generation
from shared.events.enrolment import (
    BucketClosed,
    BucketFact,
    BucketOpened,
    BucketSeatsChanged,
    NominationFact,
    NominationRejected,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    ProgrammeApproved,
    ProgrammeCancelled,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeFact,
    ProgrammePublished,
    ProgrammeRevised,
    ProgrammeSubmitted,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunFact,
    RunOpened,
    RunScheduled,
    SeatConfirmed,
    UnitRegistered,
)
from shared.events.envelope import Envelope, Event
from shared.messaging.batch import BrokenInvariant
from shared.mongo import Session


@dataclass(slots=True)
class Folding:
    """What a batch knows and changes. `stored` are the rows as they were before the batch."""

    stored: dict[str, Row] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    changes: dict[str, RollupChange] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)


def on_bucket(folding: Folding, envelope: Envelope, event: BucketOpened | BucketSeatsChanged | BucketClosed) -> None:
    change = _change(folding, event)
    change.put(fold_bucket(change.bucket(event), event), event, envelope.time)


def on_nomination(folding: Folding, envelope: Envelope, event: NominationFact) -> None:
    before = folding.rows.get(event.nomination) or folding.stored.get(event.nomination)
    after = fold(before, event, envelope)
    change = _change(folding, event)
    change.put(seated(change.bucket(event), before, after), event, envelope.time)
    change.add(delta(before, after))
    folding.rows[event.nomination] = after


def on_programme(folding: Folding, envelope: Envelope, event: ProgrammeFact) -> None:
    known = folding.programmes.get(event.programme)
    folding.programmes[event.programme] = fold_programme(known, event, envelope)


def on_run(folding: Folding, envelope: Envelope, event: RunFact | RunClockSet) -> None:
    folding.runs[event.run] = fold_run(folding.runs.get(event.run), event, envelope)


def on_unit(folding: Folding, envelope: Envelope, event: UnitRegistered) -> None:
    folding.units[event.unit] = fold_unit(event, envelope)


def _change(folding: Folding, event: BucketFact) -> RollupChange:
    change = folding.changes.get(event.run)
    if change is None:
        change = folding.changes[event.run] = RollupChange(event.run)
    return change


Handler = Callable[[Folding, Envelope, Any], None]

HANDLERS: Final[Mapping[type[Event], Handler]] = {
    BucketOpened: on_bucket,
    BucketSeatsChanged: on_bucket,
    BucketClosed: on_bucket,
    NominationSubmitted: on_nomination,
    SeatConfirmed: on_nomination,
    NominationWaitlisted: on_nomination,
    NominationRejected: on_nomination,
    NominationWithdrawn: on_nomination,
    ProgrammeCreated: on_programme,
    ProgrammeRevised: on_programme,
    ProgrammeSubmitted: on_programme,
    ProgrammeApproved: on_programme,
    ProgrammePublished: on_programme,
    ProgrammeClosed: on_programme,
    ProgrammeCancelled: on_programme,
    RunScheduled: on_run,
    RunOpened: on_run,
    RunClosed: on_run,
    RunCancelled: on_run,
    RunClockSet: on_run,
    UnitRegistered: on_unit,
}


class Projection:
    """The reaction of one generation, as the consumer wants it."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def apply(self, envelopes: Sequence[Envelope], session: Session) -> None:
        """Raises BrokenInvariant for the first event that cannot be true; nothing is saved then."""
        folding = await self._load(envelopes, session)
        for envelope in envelopes:
            try:
                HANDLERS[type(envelope.event)](folding, envelope, envelope.event)  # type: ignore[index]
            except Impossible as error:
                raise BrokenInvariant(envelope, str(error)) from error
        await self._save(folding, session)

    async def _load(self, envelopes: Sequence[Envelope], session: Session) -> Folding:
        touched: dict[Handler, list[Event]] = {handler: [] for handler in HANDLERS.values()}
        for envelope in envelopes:
            if envelope.event is not None:
                touched[HANDLERS[type(envelope.event)]].append(envelope.event)
        return Folding(
            stored=await self._generation.rows(_ids(touched[on_nomination], "nomination"), session),
            changes=await self._generation.changes(
                _ids([*touched[on_nomination], *touched[on_bucket]], "run"), session
            ),
            programmes=await self._generation.described(Programme, _ids(touched[on_programme], "programme"), session),
            runs=await self._generation.described(Run, _ids(touched[on_run], "run"), session),
        )

    async def _save(self, folding: Folding, session: Session) -> None:
        await self._generation.save_rows(folding.rows.values(), folding.stored, session)
        await self._generation.save_changes(folding.changes.values(), session)
        await self._generation.save_described(Programme, folding.programmes.values(), session)
        await self._generation.save_described(Run, folding.runs.values(), session)
        await self._generation.save_described(Unit, folding.units.values(), session)


def _ids(events: Sequence[Event], name: str) -> list[str]:
    return list({getattr(event, name) for event in events})
