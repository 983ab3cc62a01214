"""What a workbook has in common for all of its sheets: where they are, their strings, the formats of their numbers."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final
from zipfile import ZipFile

from shared.sheets.markup import Listener, pieces_of, read
from shared.sheets.xlsx_cells import CellTexts, Format

_SHEET: Final = "worksheet"
_VISIBLE: Final = "visible"
_TRUE: Final = frozenset({"1", "true"})


@dataclass(frozen=True)
class SheetPart:
    name: str
    path: str
    visible: bool


class Book:
    """Reads the small parts; the sheets are left to whoever asks. Raises whatever a damaged workbook can raise."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._names = {plain_path(name): name for name in archive.namelist()}
        (start,) = self._related("").get("officeDocument", {"": "xl/workbook.xml"}).values()
        related = self._related(start)
        listed = _Sheets()
        self._read(start, listed)
        paths = related.get(_SHEET, {})
        self.sheets: Sequence[SheetPart] = [
            SheetPart(name, paths[key], state == _VISIBLE) for name, state, key in listed.found if key in paths
        ]
        strings, styles = _Strings(), _Styles()
        for kind, listener in (("sharedStrings", strings), ("styles", styles)):
            for path in related.get(kind, {}).values():
                self._read(path, listener)
        self.texts = CellTexts(strings.found, styles.formats(), from_1904=listed.from_1904)

    def open(self, path: str) -> IO[bytes]:
        return self._archive.open(self._names.get(plain_path(path), path))

    def _read(self, path: str, listener: Listener) -> None:
        with self.open(path) as part:
            read(pieces_of(part), listener)

    def _related(self, path: str) -> Mapping[str, Mapping[str, str]]:
        """The paths of the parts that this one names, by kind and key."""
        folder, name = posixpath.split(path)
        relations = _Relations()
        self._read(posixpath.join(folder, "_rels", f"{name}.rels"), relations)
        found: dict[str, dict[str, str]] = {}
        for kind, key, target in relations.found:
            absolute = posixpath.normpath(posixpath.join("/", folder, target))
            found.setdefault(kind, {})[key] = absolute.lstrip("/")
        return found


def plain_path(path: str) -> str:
    r"""As spreadsheets compare them: some programs write xl\workbook.xml, or xl/SharedStrings.xml of sharedStrings."""
    return path.replace("\\", "/").casefold()


class _Part:
    """A listener to which only what begins says anything."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Relations(_Part):
    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            self.found.append((kind, attributes["Id"], attributes["Target"]))


class _Sheets(_Part):
    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            self.found.append((attributes.get("name", ""), attributes.get("state", _VISIBLE), key))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _TRUE


class _Styles(_Part):
    """Of each style of a cell, the code of its number format, or the number of a built-in one."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._used: list[str] = []
        self._cells = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._cells = True
        elif name == "xf" and self._cells:
            self._used.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._cells = False

    def formats(self) -> list[Format]:
        made: dict[str, Format] = {}  # most cells share a few of them
        return [made.setdefault(key, Format.of(key, self._codes.get(key, ""))) for key in self._used]


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._reading = self._phonetic = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._reading = not self._phonetic
        elif name == "si":
            self._pieces = []
        elif name == "rPh":  # how a Japanese word is spoken
            self._phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._reading = False
        elif name == "si":
            self.found.append(CellTexts.unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        if self._reading:
            self._pieces.append(text)
