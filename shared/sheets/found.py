"""What is found in a file before anybody knows which columns it has."""

from dataclasses import dataclass
from typing import Final, NamedTuple

MOST_COLUMNS: Final = 200
NOT_COMPUTED: Final = "\0="  # a formula whose value the file does not have; no other cell can be this


class Found(NamedTuple):
    """A row by its number in the file. Without cells it cannot be read; `is_open` says that the file ends in it."""

    line: int
    cells: list[str] | None
    is_hidden: bool = False
    is_open: bool = False


@dataclass(frozen=True, order=True)
class Area:
    """Merged cells, counted as people do, but columns from 0. Only its first cell has a value that is seen."""

    top: int
    left: int
    bottom: int
    right: int
