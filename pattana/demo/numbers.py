"""Expected and actual: which numbers of a file can be compared, and one line for each. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Every number that a play reports; any other number of a file is listed as not played.
COMPARED = (
    "quotaBuckets",
    "nominationRequestsSent",
    "nominationsProvincialPrimary",
    "nominationsProvincialReserve",
    "nominationsCentral",
    "nominationsInitial",
    "approvedInitial",
    "waitlistedInitial",
    "nominationsTotal",
    "remindersPerWave",
    "reminderMessages",
    "target",
    "nominations",
    "confirmed",
    "confirmedProvincial",
    "confirmedCentral",
    "waitlistRemaining",
    "withdrawn",
    "confirmedByRegion",
    "confirmedByGroup",
)
NOT_PLAYED = "not played"


@dataclass(frozen=True, slots=True)
class Line:
    """One number. `actual` is None where it was not played."""

    name: str
    expected: Any
    actual: Any = None
    played: bool = True

    @property
    def differs(self) -> bool:
        return self.played and self.expected != self.actual

    def cells(self) -> tuple[str, str, str]:
        return self.name, _cell(self.expected), _cell(self.actual) if self.played else NOT_PLAYED


def lines(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Line]:
    """In the order of COMPARED; what was not played comes last. A table of numbers is a line for each of them."""
    played = [name for name in COMPARED if name in expected and name in actual]
    compared = [line for name in played for line in _compared(name, expected[name], actual[name])]
    return compared + [Line(name, expected[name], played=False) for name in expected if name not in played]


def _compared(name: str, expected: Any, actual: Any) -> Iterator[Line]:
    if not isinstance(expected, Mapping):
        yield Line(name, expected, actual)
        return
    numbers: Mapping[str, Any] = actual if isinstance(actual, Mapping) else {}
    for key in expected:
        yield Line(f"{name}.{key}", expected[key], numbers.get(key, 0))
    for key in sorted(numbers.keys() - expected.keys()):
        if numbers[key]:
            yield Line(f"{name}.{key}", 0, numbers[key])


def table(compared: Sequence[Line]) -> str:
    """Aligned columns: name, expected, actual, and a mark where they differ."""
    rows = [("number", "expected", "actual"), *(line.cells() for line in compared)]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    marks = ["", *("  <- differs" if line.differs else "" for line in compared)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}{mark}"
        for row, mark in zip(rows, marks, strict=True)
    )


def _cell(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:21]}..."
