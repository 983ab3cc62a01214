"""A development plan and its life: what may be done in which state, and what is told of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.enrolment.plans.domain import refusals
from services.enrolment.plans.domain.rows import Nominated, Row, Written, written
from shared.errors import Refused
from shared.events import plans as events
from shared.events.plans import PlanFact, PlanReopenedBecause, PlanState
from shared.events.seats import Place

E = TypeVar("E", bound=PlanFact)
State = PlanState


class Action(StrEnum):
    """By the person: write, submit, recall, revise, complete, reopen. By the supervisor: agree, return, close. Nominate
    is done by whoever may nominate."""

    WRITE = "write"
    SUBMIT = "submit"
    RECALL = "recall"
    AGREE = "agree"
    RETURN = "return"
    REVISE = "revise"
    COMPLETE = "complete"
    REOPEN = "reopen"
    NOMINATE = "nominate"
    CLOSE = "close"


# What may be done in which state, and where it leads. Everything else is refused.
TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = {
    (State.DRAFT, Action.WRITE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.RECALL): State.DRAFT,
    (State.SUBMITTED, Action.AGREE): State.AGREED,
    (State.SUBMITTED, Action.RETURN): State.DRAFT,
    (State.AGREED, Action.REVISE): State.DRAFT,
    (State.AGREED, Action.COMPLETE): State.AGREED,
    (State.AGREED, Action.REOPEN): State.AGREED,
    (State.AGREED, Action.NOMINATE): State.AGREED,
    (State.AGREED, Action.CLOSE): State.CLOSED,
}
_CARRYING_OUT: Final = (Action.REVISE, Action.COMPLETE, Action.REOPEN, Action.NOMINATE, Action.CLOSE)
_DECIDING: Final = (Action.RECALL, Action.AGREE, Action.RETURN)
_REFUSALS: Final[Mapping[tuple[State, Action], type[Refused]]] = {
    **{(State.DRAFT, action): refusals.PlanNotSubmitted for action in _DECIDING},
    **{(State.DRAFT, action): refusals.PlanNotAgreed for action in _CARRYING_OUT},
    **{(State.SUBMITTED, action): refusals.PlanNotAgreed for action in _CARRYING_OUT},
    **{(State.SUBMITTED, action): refusals.PlanSubmitted for action in (Action.WRITE, Action.SUBMIT)},
    **{(State.AGREED, action): refusals.PlanAgreed for action in (Action.WRITE, Action.SUBMIT, *_DECIDING)},
    **{(State.CLOSED, action): refusals.PlanClosed for action in Action},
}
REOPENED: Final[Mapping[Action, PlanReopenedBecause]] = {
    Action.RECALL: PlanReopenedBecause.RECALLED,
    Action.RETURN: PlanReopenedBecause.RETURNED,
    Action.REVISE: PlanReopenedBecause.REVISED,
}
BY_SUPERVISOR: Final = frozenset({Action.AGREE, Action.RETURN, Action.CLOSE})


@dataclass(frozen=True, slots=True)
class Plan:
    """`seq` is the sequence of its last event, `version` counts changes, `last_row` the numbers that rows have had.
    `told_unit`, `told_state`, `told_rows` and `told_done` are what its last event told: the unit, the state, how many
    rows, and how many of them as done. All but the state may be different since. `decided_by` and `decided_at` are of
    what the supervisor did last. Of an `erased` one the rows are gone."""

    id: str
    person: str
    place: Place
    fiscal_year: int
    state: State = State.DRAFT
    rows: tuple[Row, ...] = ()
    last_row: int = 0
    seq: int = 0
    version: int = 0
    submitted_at: datetime | None = None
    told_unit: str | None = None
    told_state: State | None = None
    told_rows: int = 0
    told_done: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    reopened: PlanReopenedBecause | None = None
    erased: bool = False

    @property
    def rows_done(self) -> int:
        return sum(row.done for row in self.rows)

    def row(self, number: int) -> Row:
        """Raises UnknownRow."""
        found = next((row for row in self.rows if row.number == number), None)
        if found is None:
            raise refusals.UnknownRow(row=number)
        return found


@dataclass(frozen=True, slots=True)
class Doing:
    """Who acts, and when (system time: a plan is of no run)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plan as it is now, and what happened."""

    plan: Plan
    events: tuple[PlanFact, ...] = ()


def next_state(state: State, action: Action) -> State:
    """Raises the refusal that says why not."""
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        raise _REFUSALS[state, action]()
    return allowed


def drafted(plan: Plan, sent: Sequence[Written], doing: Doing) -> Outcome:
    """A new one. Raises the refusals about rows."""
    rows, last = written(plan.rows, sent, plan.fiscal_year, plan.last_row)
    return _outcome(events.PlanDrafted, replace(plan, rows=rows, last_row=last), doing)


def rewritten(plan: Plan, sent: Sequence[Written]) -> Outcome:
    """Other rows. Nobody hears of it before it is submitted. Raises the refusals about states and rows."""
    _require(plan, Action.WRITE)
    rows, last = written(plan.rows, sent, plan.fiscal_year, plan.last_row)
    return Outcome(replace(plan, rows=rows, last_row=last, version=plan.version + 1))


def submitted(plan: Plan, doing: Doing) -> Outcome:
    """Raises PlanWithoutRows and the refusals about states."""
    state = _require(plan, Action.SUBMIT)
    if not plan.rows:
        raise refusals.PlanWithoutRows()
    after = replace(plan, state=state, submitted_at=doing.at, reopened=None)
    return _outcome(events.PlanSubmitted, after, doing)


def reopened(plan: Plan, action: Action, doing: Doing) -> Outcome:
    """Taken back, given back, or to be revised. Raises OwnPlan and the refusals about states."""
    _require_another(plan, action, doing)
    because = REOPENED[action]
    after = replace(plan, state=_require(plan, action), reopened=because)
    if action in BY_SUPERVISOR:
        after = _decided(after, doing)
    return _outcome(events.PlanReopened, after, doing, because=because)


def agreed(plan: Plan, doing: Doing) -> Outcome:
    """Raises OwnPlan and the refusals about states."""
    _require_another(plan, Action.AGREE, doing)
    after = replace(plan, state=_require(plan, Action.AGREE))
    return _outcome(events.PlanAgreed, _decided(after, doing), doing)


def closed(plan: Plan, doing: Doing) -> Outcome:
    """Raises OwnPlan and the refusals about states."""
    _require_another(plan, Action.CLOSE, doing)
    after = replace(plan, state=_require(plan, Action.CLOSE))
    return _outcome(events.PlanClosed, _decided(after, doing), doing)


def completed(plan: Plan, number: int, doing: Doing) -> Outcome:
    """Raises UnknownRow, RowDone and the refusals about states."""
    _require(plan, Action.COMPLETE)
    row = _row_to_do(plan, number)
    after = _with_row(plan, replace(row, done_at=doing.at))
    return _outcome(events.PlanRowCompleted, after, doing, row=number)


def row_reopened(plan: Plan, number: int, doing: Doing) -> Outcome:
    """Raises UnknownRow, RowNotDone and the refusals about states."""
    _require(plan, Action.REOPEN)
    row = plan.row(number)
    if not row.done:
        raise refusals.RowNotDone(row=number)
    return _outcome(events.PlanRowReopened, _with_row(plan, replace(row, done_at=None)), doing, row=number)


def require_nominable(plan: Plan, number: int) -> Row:
    """Raises UnknownRow, RowDone and the refusals about states."""
    _require(plan, Action.NOMINATE)
    return _row_to_do(plan, number)


def nominated(plan: Plan, number: int, run: str, nomination: str, doing: Doing) -> Outcome:
    """The nomination has been made, so nothing but a row that is gone keeps it from being noted; once is enough. Raises
    UnknownRow and PlanErased."""
    if plan.erased:
        raise refusals.PlanErased()
    row = plan.row(number)
    if row.nominated is not None and row.nominated.nomination == nomination:
        return Outcome(plan)
    after = _with_row(plan, replace(row, nominated=Nominated(run, nomination, doing.at)))
    return _outcome(events.PlanRowNominated, after, doing, row=number, run=run, nomination=nomination)


def _require(plan: Plan, action: Action) -> State:
    if plan.erased:
        raise refusals.PlanErased()
    return next_state(plan.state, action)


def _require_another(plan: Plan, action: Action, doing: Doing) -> None:
    """Four eyes, whatever else the person may do."""
    if action in BY_SUPERVISOR and doing.by == plan.person:
        raise refusals.OwnPlan()


def _row_to_do(plan: Plan, number: int) -> Row:
    row = plan.row(number)
    if row.done:
        raise refusals.RowDone(row=number)
    return row


def _with_row(plan: Plan, changed: Row) -> Plan:
    return replace(plan, rows=tuple(changed if row.number == changed.number else row for row in plan.rows))


def _decided(plan: Plan, doing: Doing) -> Plan:
    return replace(plan, decided_by=doing.by, decided_at=doing.at)


def _outcome(kind: type[E], plan: Plan, doing: Doing, **more: Any) -> Outcome:
    counts: dict[str, Any] = {"seq": plan.seq + 1, "told_rows": len(plan.rows), "told_done": plan.rows_done}
    unit, before = plan.place.unit, plan.told_unit
    after = replace(plan, version=plan.version + 1, told_unit=unit, told_state=plan.state, **counts)
    event = kind(
        plan=plan.id,
        person=plan.person,
        place=plan.place,
        fiscal_year=plan.fiscal_year,
        actor=doing.by,
        rows=after.told_rows,
        rows_done=after.told_done,
        moved_from=before if before != unit else None,
        state=after.state,
        before=plan.told_state,
        **more,
    )
    return Outcome(after, (event,))
