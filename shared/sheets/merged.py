"""Merged cells: a person sees one value over all rows of the area, whatever the file has in the covered cells."""

from collections.abc import Iterable, Sequence

from shared.sheets.found import Area


def across(areas: Iterable[Area], line: int, cells: Sequence[str]) -> list[str]:
    """A row of which each merged cell is in all the columns that it covers."""
    seen = list(cells)
    for area in areas:
        if area.top == line and area.left < len(cells):
            end = min(area.right + 1, len(seen))
            seen[area.left : end] = [cells[area.left]] * (end - area.left)
    return seen


class MergedDown:
    """Fills the rows below a header, of the columns that are read, from top to bottom. An area that begins at or above
    the header is part of that."""

    def __init__(self, areas: Iterable[Area], header: int, columns: Iterable[int]) -> None:
        wanted = set(columns)
        self._waiting = sorted((area for area in areas if area.top > header and area.left in wanted), reverse=True)
        self._columns = sorted(wanted)
        self._open: dict[int, tuple[Area, str]] = {}

    def filled(self, line: int, cells: list[str]) -> list[str]:
        """What stands in a covered cell is not seen, and so is nothing."""
        while self._waiting and self._waiting[-1].top <= line:
            area = self._waiting.pop()
            # Of a blank first row nothing was told.
            self._open[area.left] = (area, cells[area.left] if area.top == line and area.left < len(cells) else "")
        for left, (area, value) in list(self._open.items()):
            if line > area.bottom:
                del self._open[left]
                continue
            cells += [""] * (left + 1 - len(cells))
            for covered in self._columns:
                if left <= covered <= min(area.right, len(cells) - 1):
                    cells[covered] = value if covered == left else ""
        return cells
