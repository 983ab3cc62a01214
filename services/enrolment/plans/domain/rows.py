"""The rows of a plan: what is to be developed, how far, how and when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from services.enrolment.plans.domain.competencies import Competency, Method
from services.enrolment.plans.domain.refusals import NoGap, RowInUse, RowPeriodOutsideYear, UnknownRow
from shared.events.seats import Rank
from shared.thai import fiscal_year

MOST_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Need:
    """What a row says. `required` and `held` are levels; the difference is the gap."""

    competency: Competency
    required: int
    held: int
    method: Method
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Written:
    """A row as somebody writes it: `row` is the number of one that the plan has already."""

    need: Need
    row: int | None = None


@dataclass(frozen=True, slots=True)
class WantedRun:
    """For what the person of a row is nominated."""

    run: str
    rank: Rank = Rank.PRIMARY
    target: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Nominated:
    """For which run the person was nominated because of a row."""

    run: str
    nomination: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """`number` tells it from the others of its plan for ever. `done_at`: since when it is done."""

    number: int
    need: Need
    done_at: datetime | None = None
    nominated: Nominated | None = None

    @property
    def done(self) -> bool:
        return self.done_at is not None

    @property
    def in_use(self) -> bool:
        return self.done or self.nominated is not None


def written(rows: Sequence[Row], sent: Sequence[Written], year: int, last: int) -> tuple[tuple[Row, ...], int]:
    """The rows that a plan has then, in the order in which they were sent, and the last number that was given. Raises
    NoGap, RowPeriodOutsideYear, UnknownRow and RowInUse."""
    known, after = {row.number: row for row in rows}, list[Row]()
    for place, one in enumerate(sent, start=1):
        _check(one.need, year, place)
        if one.row is None:
            last += 1
            after.append(Row(last, one.need))
            continue
        before = known.pop(one.row, None)
        if before is None:
            raise UnknownRow(row=one.row)
        if before.in_use and before.need != one.need:
            raise RowInUse(row=one.row)
        after.append(replace(before, need=one.need))
    lost = next((row for row in known.values() if row.in_use), None)
    if lost is not None:
        raise RowInUse(row=lost.number)
    return tuple(after), last


def _check(need: Need, year: int, place: int) -> None:
    if need.required <= need.held:
        raise NoGap(row=place)
    if need.ends < need.starts or {fiscal_year(need.starts), fiscal_year(need.ends)} != {year}:
        raise RowPeriodOutsideYear(row=place, fiscalYear=year)
