"""Expected and actual: one line for each number. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADING = ("number", "expected", "actual", "after")


@dataclass(frozen=True, slots=True)
class Line:
    """One number. `after`: the step right after which it was read."""

    name: str
    expected: Any
    actual: Any
    after: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.expected != self.actual)

    def cells(self) -> tuple[str, str, str, str]:
        return self.name, _cell(self.expected), _cell(self.actual), self.after


def lines(expected: Mapping[str, Any], actual: Mapping[str, Any], after: str) -> list[Line]:
    """In the order of the file. A table of numbers is a line for each of them."""
    return [line for name in expected for line in _compared(name, expected[name], actual.get(name), after)]


def unchanged(before: Mapping[str, Any], now: Mapping[str, Any], after: str) -> Line:
    """Of a step that was done again: nothing has moved, or what has."""
    moved = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    told = [f"{name} {before.get(name)} -> {now.get(name)}" for name in moved]
    return Line("twice", "nothing moves", "; ".join(told) or "nothing moves", after)


def _compared(name: str, expected: Any, actual: Any, after: str) -> Iterator[Line]:
    if not isinstance(expected, Mapping):
        yield Line(name, expected, actual, after)
        return
    numbers: Mapping[str, Any] = actual if isinstance(actual, Mapping) else {}
    for key in expected:
        yield Line(f"{name}.{key}", expected[key], numbers.get(key, 0), after)
    for key in sorted(numbers.keys() - expected.keys()):
        if numbers[key]:
            yield Line(f"{name}.{key}", 0, numbers[key], after)


def table(compared: Sequence[Line]) -> str:
    """Aligned columns: name, expected, actual, the step, and a mark where they differ."""
    rows = [HEADING, *(line.cells() for line in compared)]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    marks = ["", *("  <- differs" if line.differs else "" for line in compared)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip() + mark
        for row, mark in zip(rows, marks, strict=True)
    )


def _cell(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
