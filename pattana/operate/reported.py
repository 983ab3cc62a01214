"""The tables of a report of an import: moves first, those to another office before all others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

Row = Mapping[str, Any]


def _moved(row: Row) -> Sequence[str]:
    where = "another office" if row["otherOffice"] else "the same office"
    return str(row["line"]), row["person"], row["before"] or "", row["after"], where


def _changed(row: Row) -> Sequence[str]:
    return str(row["line"]), row["person"], row["field"], row["change"], row["before"] or "", row["after"] or ""


def _wrong(row: Row) -> Sequence[str]:
    return str(row["line"]), row["column"] or "", row["code"], row["reason"]


def _asked(row: Row) -> Sequence[str]:
    known, external = row.get("person") or "", row.get("externalId") or ""
    return str(row["line"]), row["column"] or "", row["code"], known, external, row["reason"]


def _ended(row: Row) -> Sequence[str]:
    return str(row["line"]), row["id"], row["validTo"]


def _left_out(row: Row) -> Sequence[str]:
    return str(row["line"]), row["text"]


# In this order: columns, what makes a row of them, and the lists of the report that are shown in it.
_TABLES: Final[tuple[tuple[Sequence[str], Callable[[Row], Sequence[str]], Sequence[str]], ...]] = (
    (("line", "person moved", "from", "to", "within"), _moved, ("moves",)),
    (("line", "predecessor ended", "last day"), _ended, ("ended",)),
    (("line asked", "column", "code", "known person", "external id", "what to do"), _asked, ("questions",)),
    (("line", "person", "field", "change", "before", "after"), _changed, ("changes",)),
    (("line", "column", "code", "reason"), _wrong, ("problems", "warnings")),
    (("line left out", "what it says"), _left_out, ("leftOut",)),
)


def tables(report: Mapping[str, Any]) -> Iterator[Table]:
    """Those that have rows; of some lists not every import tells."""
    moves = sorted(report.get("moves", ()), key=lambda row: not row["otherOffice"])
    lists = {**report, "moves": moves}
    for columns, cells, names in _TABLES:
        if rows := [row for name in names for row in lists.get(name, ())]:
            table = Table(*columns, box=None)
            for row in rows:
                table.add_row(*cells(row))
            yield table
