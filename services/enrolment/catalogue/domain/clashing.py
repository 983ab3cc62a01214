"""People of a run who are in another one at the same time, as they are listed when the run is moved. Pure.

Who is in a run, seats know. Here is only what is asked for and what is said of it: one notice for all of them, by the
policy of the check `clash`, beside the list itself, which has pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`code` says how the other run clashes."""

    run: str
    code: str


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A nomination of the run, where its person belonged when it was made, and the other runs."""

    nomination: str
    person: str
    unit: str
    state: str
    others: tuple[Elsewhere, ...]


@dataclass(frozen=True, slots=True)
class Clashes:
    """A page. `next`: where the next one begins, None at the end; a page may have no row and a next one, for it is of
    so many people who were looked at."""

    rows: tuple[ClashRow, ...] = ()
    next: str | None = None


NONE: Final = Clashes()


def is_retimed(before: Plan, after: Plan) -> bool:
    """Whether anybody could be elsewhere who was not."""
    return (before.starts_at, before.ends_at, before.sessions) != (after.starts_at, after.ends_at, after.sessions)


def people_clash(rows: Sequence[ClashRow], plan: Plan) -> list[Notice]:
    return [Notice("people-clash", {"cohort": plan.cohort})] if rows else []
