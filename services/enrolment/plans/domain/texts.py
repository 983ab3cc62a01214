"""What somebody has written in a plan: notes, results, and why it came back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from services.enrolment.plans.domain.plans import Plan
from services.enrolment.plans.domain.rows import Written


class WrittenRow(NamedTuple):
    """A row with its note, as somebody writes it."""

    row: Written
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What somebody has written in a plan, as far as it is still kept; by the number of the row."""

    notes: Mapping[int, str] = field(default_factory=dict)
    results: Mapping[int, str] = field(default_factory=dict)
    reason: str | None = None

    def noted(self, plan: Plan, sent: Sequence[WrittenRow]) -> "Texts":
        """The notes that were sent, in the order of the rows, take the place of all others; results of rows that are
        gone go too."""
        numbers = [row.number for row in plan.rows]
        notes = {number: one.note for number, one in zip(numbers, sent, strict=True) if one.note is not None}
        results = {number: text for number, text in self.results.items() if number in numbers}
        return replace(self, notes=notes, results=results)

    def with_result(self, row: int, result: str | None) -> "Texts":
        others = {number: text for number, text in self.results.items() if number != row}
        return replace(self, results=others if result is None else {**others, row: result})

    def because(self, reason: str | None) -> "Texts":
        return replace(self, reason=reason)
