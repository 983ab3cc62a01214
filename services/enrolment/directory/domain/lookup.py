"""Finds units, levels and posts by the names that people use. An ambiguous name finds none. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeVar

from services.enrolment.directory.domain.people import POSTS
from services.enrolment.directory.domain.reference import Position, UnitKind
from services.enrolment.directory.domain.refusals import LevelAmbiguous, UnknownLevel, UnknownPost, UnknownUnit
from services.enrolment.directory.domain.units import Unit
from shared.thai import searchable

T = TypeVar("T")
LONGEST_SHOWN: Final = 80
_OFFICE_OF: Final = "สำนักงานจังหวัด"
_BEFORE_A_PROVINCE: Final = ("", "จ.", "จังหวัด", "สนจ.", "สนง.จ.", "สนง.จังหวัด", "สำนักงานจ.")


class Index(Generic[T]):
    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        self._entries: dict[str, list[T]] = {}
        for name, entry in named:
            entries = self._entries.setdefault(_key(name), [])
            if entry not in entries:
                entries.append(entry)

    def find(self, text: str) -> list[T]:
        """All entries of that name."""
        return self._entries.get(_key(text), [])


class Lookup:
    """Made once per import from the units as they are now."""

    def __init__(self, units: Iterable[Unit], positions: Mapping[str, Position]) -> None:
        known = list(units)
        self.units: Final = {unit.key: unit for unit in known}
        self._units_by_key: Index[Unit] = Index((unit.key, unit) for unit in known)
        self._units_by_name: Index[Unit] = Index((name, unit) for unit in known for name in _unit_names(unit) if name)
        self._levels: Index[str] = Index(_level_names(positions))
        self._dpis_levels: Index[str] = Index(
            (level.dpis_code, level.code) for level in positions.values() if level.dpis_code
        )
        self._posts: Index[str] = Index(
            (name, post.code) for post in POSTS.values() for name in (post.code, post.name_th, post.name_en)
        )

    def unit(self, text: str) -> Unit:
        """By key or by name. Raises UnknownUnit."""
        units = self._units_by_key.find(text) or self._units_by_name.find(text)
        if len(units) != 1:
            raise UnknownUnit(unit=text[:LONGEST_SHOWN])
        return units[0]

    def level(self, text: str) -> str:
        """The OCSC code. DPIS codes are not accepted here: its M2 is another level. Raises UnknownLevel and
        LevelAmbiguous."""
        return _only_level(self._levels.find(text), text)

    def dpis_level(self, text: str) -> str:
        """The OCSC code of a DPIS code. Raises UnknownLevel."""
        return _only_level(self._dpis_levels.find(text), text)

    def post(self, text: str) -> str:
        """Raises UnknownPost."""
        posts = self._posts.find(text)
        if not posts:
            raise UnknownPost(post=text[:LONGEST_SHOWN])
        return posts[0]


def _unit_names(unit: Unit) -> Iterable[str | None]:
    """A provincial office is also called by its province, as เชียงใหม่, จ.เชียงใหม่ and สนจ.เชียงใหม่."""
    yield from (unit.name_th, unit.name_en, unit.abbr_th)
    if unit.kind is UnitKind.PROVINCIAL_OFFICE and unit.name_th.startswith(_OFFICE_OF):
        province = unit.name_th.removeprefix(_OFFICE_OF)
        yield from (f"{before}{province}" for before in _BEFORE_A_PROVINCE)


def _only_level(codes: list[str], text: str) -> str:
    if not codes:
        raise UnknownLevel(level=text[:LONGEST_SHOWN])
    if len(codes) > 1:
        raise LevelAmbiguous(level=text[:LONGEST_SHOWN], codes=", ".join(codes))
    return codes[0]


def _level_names(positions: Mapping[str, Position]) -> Iterable[tuple[str, str]]:
    """Codes, and names as they are written, but no abbreviations: levels share theirs with provinces."""
    for level in positions.values():
        names = (level.code, level.display_th, level.title_suffix_th, f"ระดับ{level.level_th}", level.level_th)
        yield from ((name, level.code) for name in names if name and name != "-")


def _key(text: str) -> str:
    return searchable(text).replace(" ", "")
