"""What a form of a run has come to: who may answer it when, what is held, what has been told, and its end. Pure.

Counts are conserved: everybody who has answered is held, told or, at the end, withheld because fewer than five were
left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from services.enrolment.catalogue import OfferedRun
from services.enrolment.evaluation.domain.batches import Batch, Sum, added
from services.enrolment.evaluation.domain.form_refusals import FormInUse, UnknownForm, WindowBackwards
from services.enrolment.evaluation.domain.refusals import FormClosed, FormNotOpen
from services.enrolment.evaluation.domain.windows import Phase, Window, window_of
from shared.clock import BANGKOK
from shared.events.evaluation import SMALLEST_BATCH, FormKind, evaluation_id


class Chosen(NamedTuple):
    """A version of a form."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`chosen` None: the newest version, until somebody answers. `opens_at` and `closes_at`: as the organiser fixed
    them (business time). `sums` is what has been told, `gains` people have gained `gained` in it. `seq` is the
    sequence of its last event, `version` counts what the organiser set."""

    run: str
    kind: FormKind
    chosen: Chosen | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    answered: int = 0
    held: int = 0
    released: int = 0
    withheld: int = 0
    closed: bool = False
    sums: Mapping[str, Sum] = field(default_factory=dict)
    gains: int = 0
    gained: int = 0
    seq: int = 0
    version: int = 0

    @property
    def id(self) -> str:
        return evaluation_id(self.run, self.kind)

    @property
    def settled(self) -> bool:
        """Nothing more is told without another answer."""
        return self.held < SMALLEST_BATCH

    def window(self, run: OfferedRun) -> Window:
        return window_of(run, self.kind, self.opens_at, self.closes_at)

    def phase(self, run: OfferedRun, now: datetime) -> Phase:
        """`now` is business time. What has been closed stays so, wherever the run is moved."""
        return Phase.CLOSED if self.closed else self.window(run).phase(now)


def require_form(run: OfferedRun, kind: FormKind) -> None:
    """Raises UnknownForm."""
    if kind not in run.forms:
        raise UnknownForm(form=kind.value)


def require_open(evaluation: Evaluation, run: OfferedRun, now: datetime) -> None:
    """Raises FormNotOpen and FormClosed."""
    phase = evaluation.phase(run, now)
    if phase is Phase.NOT_OPEN:
        raise FormNotOpen(opensAt=evaluation.window(run).opens_at.astimezone(BANGKOK).isoformat())
    if phase is Phase.CLOSED:
        raise FormClosed()


def set_up(
    evaluation: Evaluation,
    run: OfferedRun,
    chosen: Chosen | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> Evaluation:
    """What is asked cannot change once somebody has answered; the times may until it is closed. Raises FormInUse and
    WindowBackwards."""
    if evaluation.closed or (evaluation.answered and chosen not in (None, evaluation.chosen)):
        raise FormInUse(form=evaluation.kind.value)
    kept = evaluation.chosen if evaluation.answered else chosen
    after = replace(evaluation, chosen=kept, opens_at=opens_at, closes_at=closes_at, version=evaluation.version + 1)
    window = after.window(run)
    if window.opens_at >= window.closes_at:
        raise WindowBackwards(form=evaluation.kind.value)
    return after


def answered(evaluation: Evaluation, chosen: Chosen) -> Evaluation:
    """With one more answer, to this version of the form."""
    return replace(evaluation, chosen=chosen, answered=evaluation.answered + 1, held=evaluation.held + 1)


def told(evaluation: Evaluation, batch: Batch) -> Evaluation:
    """After a batch, and the event that tells it."""
    return replace(
        evaluation,
        held=evaluation.held - batch.size,
        released=evaluation.released + batch.size,
        sums=added(evaluation.sums, batch.sums),
        gains=evaluation.gains + batch.gains,
        gained=evaluation.gained + batch.gained,
        seq=evaluation.seq + 1,
    )


def ended(evaluation: Evaluation) -> Evaluation:
    """What is still held is fewer than five, and is told to nobody."""
    return replace(evaluation, held=0, withheld=evaluation.withheld + evaluation.held, closed=True)
