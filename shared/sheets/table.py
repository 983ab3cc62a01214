"""One sheet of whatever file: its header, and below it rows of the columns that are asked for, within the limits."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

from shared.sheets.footers import MOST_ROWS as MOST_FOOTER_ROWS
from shared.sheets.footers import footer_rows
from shared.sheets.found import MOST_COLUMNS, NOT_COMPUTED, Area, Found
from shared.sheets.merged import MergedDown, across
from shared.sheets.printed import counts_columns, headings, is_rule
from shared.sheets.refusals import SheetTooLong, SheetTooWide

MOST_ROWS: Final = 100_000
LONGEST_CELL: Final = 300  # a longer one is cut to one character more, which says so
MOST_HIDDEN_LISTED: Final = 20
MOST_FORM_LISTED: Final = 50  # of the titles, and of the rows that repeat the header
MOST_LEFT_OUT_LISTED: Final = MOST_FORM_LISTED + MOST_FOOTER_ROWS
LONGEST_LEFT_OUT: Final = 100
MOST_ABOVE_HEADER: Final = 20  # rows with a title or a date
_ITS_NUMBER: Final = re.compile(rf"\(?[0-9๐-๙]{{1,6}}[.)]*|{NOT_COMPUTED}")  # that a row has in a list
_UNSEEN: Final = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")

Header = tuple[str, ...]
# Which columns are wanted; None when this is no header yet.
Choose = Callable[[Header], Sequence[int] | None]


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is what an editor or Excel shows, `width` the number of cells without empty ones behind the header.
    `cells` are those of the columns asked for; None for a row that cannot be read."""

    line: int
    width: int
    cells: tuple[str, ...] | None


class LeftOut(NamedTuple):
    """A row that is no part of the list: `text` is how it begins."""

    line: int
    text: str


@dataclass
class Table:
    """In a workbook, which is a `grid`, a cell stands under its header whatever is beside it, and what is beside the
    table is not part of it; in text a cell that is lost moves all others. `areas` are looked for when needed; `unseen`
    are columns that the file hides, known as soon as a row has been read. Of the rows that
    were `left_out` the first titles and repeated headers are listed, and of the footer all."""

    name: str | None
    found: Iterator[Found]
    areas: Callable[[], list[Area]] = list
    grid: bool = False
    header: Header = ()
    places: Sequence[int] = ()
    hidden: int = 0
    hidden_lines: list[int] = field(default_factory=list)
    unseen: set[int] = field(default_factory=set)
    left_out: int = 0
    left_out_rows: list[LeftOut] = field(default_factory=list)
    _line: int = 0
    _top: set[Header] = field(default_factory=set)  # the rows down to the header
    _headings: frozenset[int] = frozenset()
    _list: Iterator[Found] | None = None  # the rows of which the first was looked at

    def __post_init__(self) -> None:
        self._rows: Iterator[Found] = (row for row in self.found if row.cells is None or any(map(_is_seen, row.cells)))

    def find_header(self, choose: Choose) -> bool:
        """Whether `choose`, told the first rows, one after the other, takes one for the header, or two together where
        neither is one alone. Raises SheetTooWide."""
        titles: list[Found] = []
        for row in islice(self._rows, MOST_ABOVE_HEADER + 1):
            above = titles[-1] if titles else Found(0, None)
            header = _told(row.cells or [])
            places = choose(header) if header else None
            if places is not None:
                self._take([row], header, places, titles)
                self._widen(row, choose)
                return True
            if above.cells and header and (both := self._both(above, row)):
                places = choose(both)
                if places is not None:
                    self._take([above, row], both, places, titles[:-1])
                    return True
            titles.append(row)
        return False

    @property
    def hidden_columns(self) -> list[int]:
        """Those of the columns asked for that a person does not see."""
        return sorted(self.unseen.intersection(self.places))

    def is_blank(self) -> bool:
        """Below its header, but for a footer."""
        listed = self._listed()
        first = next(listed, None)
        self._list = chain([] if first is None else [first], listed)
        return first is None

    def body(self) -> Iterator[Row]:
        """The rows below the header that have anything in them but their number, and are not of the form: neither the
        titles and the header again, as at the top of each page that was printed, nor the numbers of its columns, rules
        and headings, nor a footer at the end of a page or of all. Raises SheetTooLong, at any row."""
        merged = MergedDown(self.areas(), self._line, self.places)
        for count, found in enumerate(self._listed() if self._list is None else self._list):
            if count == MOST_ROWS:
                raise SheetTooLong(limit=MOST_ROWS)
            if found.is_hidden:
                self.hidden += 1
                self.hidden_lines += [found.line][: MOST_HIDDEN_LISTED - len(self.hidden_lines)]
            if found.cells is None:
                yield Row(found.line, 0, None)
            else:
                yield self._row(found, merged.filled(found.line, found.cells))

    def _listed(self) -> Iterator[Found]:
        """The last rows wait until it is known that they are: elsewhere a footer is a row as all others."""
        self._headings = headings(self.areas(), self.places)
        waiting = deque[Found]()
        for row in self._rows:
            cells = row.cells or []
            if self._is_numbered_only(cells):
                continue
            if self._begins_page(cells):
                yield from self._without_footer(waiting, MOST_FORM_LISTED)
                waiting.clear()
            elif not self._is_of_the_form(row.line, cells):
                waiting.append(row)
                if len(waiting) > MOST_FOOTER_ROWS:
                    yield waiting.popleft()
                continue
            self._leave_out(row, MOST_FORM_LISTED)
        yield from self._without_footer(waiting, MOST_LEFT_OUT_LISTED)

    def _without_footer(self, waiting: Iterable[Found], listed: int) -> Iterator[Found]:
        last = list(waiting)
        footer = len(last) - footer_rows([row.cells or [] for row in last], self.places)
        yield from last[:footer]
        for row in last[footer:]:
            self._leave_out(row, listed)

    def _leave_out(self, row: Found, most: int) -> None:
        self.left_out += 1
        if len(self.left_out_rows) < most:
            text = " ".join(cell for cell in row.cells or [] if _is_seen(cell) and cell != NOT_COMPUTED)
            self.left_out_rows.append(LeftOut(row.line, text[:LONGEST_LEFT_OUT]))

    def _begins_page(self, cells: Sequence[str]) -> bool:
        """Whether all columns that are asked for have their own names in them, or it is another row of the top."""
        if _as_told(cells) in self._top:
            return bool(cells)
        return bool(self.places) and all(
            place < len(cells) and _cut(cells[place]) == self.header[place] for place in self.places
        )

    def _is_of_the_form(self, line: int, cells: Sequence[str]) -> bool:
        if not cells:
            return False
        if line in self._headings:
            return True
        seen = [cell for cell in cells if _is_seen(cell)]
        return not any(map(str.isalpha, seen[0])) and (counts_columns(seen) or is_rule(seen))

    def _is_numbered_only(self, cells: Sequence[str]) -> bool:
        """Of a form with lines for more people than there are: in one cell, which is not asked for, is a number."""
        if any(place < len(cells) and _is_seen(cells[place]) for place in self.places):
            return False
        seen = [cell for cell in cells if _is_seen(cell)]
        return len(seen) == 1 and bool(_ITS_NUMBER.fullmatch(seen[0]))

    def _take(self, rows: Sequence[Found], header: Header, places: Sequence[int], titles: Sequence[Found] = ()) -> None:
        self._line, self.header, self.places = rows[-1].line, header, places
        self._top.update(_as_told(row.cells or []) for row in (*titles, *rows))
        for title in titles:
            self._leave_out(title, MOST_FORM_LISTED)

    def _widen(self, row: Found, choose: Choose) -> None:
        """By the next row, when that names columns where this one has nothing: parts of a merged cell."""
        following = next(self._rows, None)
        if following is None:
            return
        if _has_below_nothing(row.cells or [], following.cells or []) and (both := self._both(row, following)):
            places = choose(both)
            if _named(places or (), both) - _named(self.places, self.header):
                self._take([row, following], both, places or ())
                return
        self._rows = chain([following], self._rows)

    def _both(self, above: Found, below: Found) -> Header:
        """Two rows as one: in each column what the lower one says, below what is over it. Empty if it is too wide."""
        upper, lower = above.cells or [], below.cells or []
        length = max(len(upper), len(lower))
        if length > MOST_COLUMNS:
            return ()
        upper, lower = ([*cells, *[""] * (length - len(cells))] for cells in (upper, lower))
        over = across(self.areas(), above.line, upper)
        return _told([_joined(name, over[at] if name else upper[at]) for at, name in enumerate(lower)])

    def _row(self, found: Found, cells: list[str]) -> Row:
        """A row of text that is too short, and with which the file breaks off, may have lost the end of a value."""
        width = len(self.header)
        if not self.grid:
            width = max(width, len(_trimmed(cells))) if len(cells) >= width else len(cells)
            cells = [] if found.is_open and width < len(self.header) else cells
        shown = tuple(_cut(cells[place]) if place < len(cells) else "" for place in self.places)
        return Row(found.line, width, shown)


def _named(places: Sequence[int], header: Header) -> set[int]:
    return {place for place in places if header[place]}


def _joined(lower: str, upper: str) -> str:
    return "\n".join(dict.fromkeys(filter(None, (upper, lower))))


def _has_below_nothing(upper: Sequence[str], lower: Sequence[str]) -> bool:
    return any(name and not (at < len(upper) and upper[at]) for at, name in enumerate(lower))


def _told(cells: Sequence[str]) -> Header:
    header = _trimmed(cells)
    if len(header) > MOST_COLUMNS:
        raise SheetTooWide(limit=MOST_COLUMNS)
    return tuple(map(_cut, header))


def _as_told(cells: Sequence[str]) -> Header:
    return tuple(map(_cut, _trimmed(cells)))


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without empty cells at the end, which editors leave behind."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _cut(cell: str) -> str:
    return cell[: LONGEST_CELL + 1]


def _is_seen(cell: str) -> bool:
    return bool(cell) and (cell.isascii() or not _UNSEEN.fullmatch(cell))
