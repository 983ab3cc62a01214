"""Follows an import while it goes on, and says what is in for certain when that ends too early. Prints nothing."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pattana.client import BrokenOff
from pattana.errors import Explained
from pattana.progress import Advance, Bars

_STORED: Final = ("registered", "recorded", "moved", "changed", "unchanged")


class Unfinished(Explained):
    """Some rows are in, the others may be brought in by the same command."""

    def __init__(self, why: str, progress: Mapping[str, int], *, preview: bool) -> None:
        super().__init__(f"{why}\n{'nothing was stored: this was a preview' if preview else _account(progress)}")


def _account(progress: Mapping[str, int]) -> str:
    stored = sum(progress.get(name, 0) for name in _STORED)
    of = f" of {progress['rows']:,}" if progress else ""
    refused, asked = progress.get("badRows", 0), progress.get("askedRows", 0)
    return (
        f"{stored:,}{of} rows are in for certain, {refused:,} were refused, {asked:,} are to be asked about. "
        "Run the same command again: it completes the import, and rows that are in come out as unchanged"
    )


def followed(lines: Iterable[Mapping[str, Any]], bars: Bars, name: str, *, preview: bool = False) -> dict[str, Any]:
    """The report at the end. Raises Unfinished."""
    progress: Mapping[str, int] = {}
    advance: Advance | None = None
    try:
        for line in lines:
            if "report" in line:
                report: dict[str, Any] = line["report"]
                return report
            if "problem" in line:
                raise Unfinished(f"the import broke off: {line['problem']['detail']}", progress, preview=preview)
            before, progress = progress, line["progress"]
            advance = advance or bars.part(f"importing {name}", progress["rows"])
            advance(progress["read"] - before.get("read", 0))
    except BrokenOff as error:
        raise Unfinished(str(error), progress, preview=preview) from error
    raise Unfinished("the answer ended before its report", progress, preview=preview)
