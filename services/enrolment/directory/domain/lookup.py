"""Finds units, levels and posts by the names that people use. An ambiguous name finds none. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, Generic, TypeVar

from services.enrolment.directory.domain.people import POSTS
from services.enrolment.directory.domain.reference import Position, UnitKind, bundled
from services.enrolment.directory.domain.refusals import LevelAmbiguous, UnknownLevel, UnknownPost, UnknownUnit
from services.enrolment.directory.domain.units import Unit
from shared.thai import searchable
from shared.thai.dates import DASHES

T = TypeVar("T")
LONGEST_SHOWN: Final = 80
_OFFICE_OF: Final = "สำนักงานจังหวัด"
_BEFORE_A_PROVINCE: Final = (
    *("", "จ.", "จว.", "จังหวัด", "สนจ.", "สนง.", "สนง.จ.", "สนง.จว.", "สนง.จังหวัด", "สำนักงานจ.", "สำนักงานจว."),
    "สำนักงานจังหวัดจ.",
)
_PROVINCE_EN: Final = (" Provincial Office", " Province", "")
# What everybody calls them, besides the forms that end in ฯ.
_SHORT: Final = {"พระนครศรีอยุธยา": "อยุธยา", "นครราชสีมา": "โคราช", "ประจวบคีรีขันธ์": "ประจวบ", "สุราษฎร์ธานี": "สุราษฎร์"}
_SHORT_EN: Final = {"Phra Nakhon Si Ayutthaya": "Ayutthaya", "Nakhon Ratchasima": "Korat"}
_CUT: Final = "ฯ"
_LEAST_CUT: Final = 3
_MOST_KNOWN: Final = 16_384  # a thousand units have a third of it
_MOST_FOUND: Final = 4_096  # of one import: a file has the same few units, however many rows
_GROUP: Final = "กลุ่มงาน"
_OF_A_PROVINCE: Final = "จังหวัด"
_NOTE: Final = re.compile(r"\s*\([^()]*\)\s*$")
_OF_THE_MINISTRY: Final = re.compile(
    r"^(?:สป\.?\s*มท\.?|สำนักงานปลัดกระทรวงมหาดไทย)[\s/,:]+(?=\S)"
    r"|[\s/,]*(?:สป\.?(?:\s*มท\.?)?|สำนักงานปลัดกระทรวงมหาดไทย)\s*$|[\s/,]+(?:มท\.?|กระทรวงมหาดไทย)\s*$"
)
_BETWEEN: Final = re.compile(r"[\s/,;:>|-]+")
_UNSAID: Final = str.maketrans("ฏ", "ฎ", " ._/")  # in keys and names of units; the two letters look alike
_LEVEL_SIGNS: Final = str.maketrans("", "", "()/.-")
# What posts are called besides their own names; of each unit also with its name behind.
_POSTS_TOO: Final = {
    "PROV_HEAD": ("หน.สนจ.", "หัวหน้า สนจ."),
    "GROUP_HEAD": ("หน.กลุ่มงาน",),
    "UNIT_DIRECTOR": (
        *("ผอ.", "ผู้อำนวยการกอง", "ผู้อำนวยการสำนัก", "ผู้อำนวยการศูนย์", "ผู้อำนวยการสถาบัน"),
        *("ผอ.กอง", "ผอ.สำนัก", "ผอ.ศูนย์", "ผอ.สถาบัน"),
    ),
}


def _key(text: str) -> str:
    return searchable(text).replace(" ", "")


def _level_key(text: str) -> str:
    return _key(text).translate(_LEVEL_SIGNS)


class Index(Generic[T]):
    """By names, each as `key` has it: what counts for nothing in them makes no difference. `known` does the same for
    the names that it is made of."""

    def __init__(
        self,
        named: Iterable[tuple[str, T]],
        key: Callable[[str], str] = _key,
        known: Callable[[str], str] | None = None,
    ) -> None:
        self._key = key
        self._entries: dict[str, list[T]] = {}
        for name, entry in named:
            entries = self._entries.setdefault((known or key)(name), [])
            if entry not in entries:
                entries.append(entry)

    def find(self, text: str) -> list[T]:
        """All entries of that name."""
        return self._entries.get(self._key(text), [])


class Lookup:
    """Made once per import from the units as they are now."""

    def __init__(self, units: Iterable[Unit], positions: Mapping[str, Position]) -> None:
        known = list(units)
        self._found: dict[str, Unit] = {}
        self.units: Final = {unit.key: unit for unit in known}
        self._units_by_key: Index[Unit] = Index(((unit.key, unit) for unit in known), _unit_key, _known_key)
        names = ((name, unit) for unit in known for name in _unit_names(unit) if name)
        self._units_by_name: Index[Unit] = Index(names, _unit_key, _known_key)
        self._offices = [unit for unit in known if unit.kind is UnitKind.PROVINCIAL_OFFICE]
        self._groups = {(unit.parent, _known_key(_group_name(unit))): unit for unit in known if _group_name(unit)}
        self._levels: Index[str] = Index(_level_names(positions), _level_key)
        self._dpis_levels: Index[str] = Index(
            (level.dpis_code, level.code) for level in positions.values() if level.dpis_code
        )
        self._posts: Index[str] = Index(
            (name, post.code)
            for post in POSTS.values()
            for name in (post.code, post.name_th, post.name_en, *_POSTS_TOO.get(post.code, ()))
        )

    def unit(self, text: str) -> Unit:
        """By key or by name. Raises UnknownUnit."""
        found = self._found.get(text)
        if found is None:
            found = self._only_unit(text)
            if len(self._found) < _MOST_FOUND:
                self._found[text] = found
        return found

    def _only_unit(self, text: str) -> Unit:
        alone = _OF_THE_MINISTRY.sub("", _NOTE.sub("", text))
        units = self._named(text) or self._named(alone) or self._group(alone) or self._twice(alone)
        if len(units) != 1:
            raise UnknownUnit(unit=text[:LONGEST_SHOWN])
        return units[0]

    def _named(self, text: str) -> list[Unit]:
        if not text:
            return []
        found = self._units_by_key.find(text) or self._units_by_name.find(text)
        return found or (self._cut(_unit_key(text)) if text.endswith(_CUT) else [])

    def _cut(self, key: str) -> list[Unit]:
        """A province whose name is cut short: ประจวบฯ, นครศรีฯ, with what may stand before it."""
        cut = key.removesuffix(_CUT)
        stems = {cut.removeprefix(_unit_key(before)) for before in _BEFORE_A_PROVINCE}
        return [
            office
            for office in self._offices
            if any(len(stem) >= _LEAST_CUT and _unit_key(_province(office)).startswith(stem) for stem in stems)
        ]

    def _group(self, text: str) -> list[Unit]:
        """A work group and its office, in any order, whatever stands between: สนจ.เชียงใหม่ / กลุ่มงานอำนวยการ."""
        found = {
            group.key: group
            for one, other in _in_two(text)
            for name, office in ((one, other), (other, one))
            if name.startswith(_GROUP)
            for near in self._named(office)
            if (group := self._groups.get((near.key, _unit_key(name)))) is not None
        }
        return list(found.values())

    def _twice(self, text: str) -> list[Unit]:
        """An office with its province behind: สำนักงานจังหวัดเชียงใหม่ จ.เชียงใหม่."""
        for one, other in _in_two(text):
            if (found := self._named(one)) and found == self._named(other):
                return found
        return []

    def level(self, text: str) -> str:
        """The OCSC code. DPIS codes are not accepted here: its M2 is another level. Raises UnknownLevel and
        LevelAmbiguous."""
        return _only_level(self._levels.find(text), text)

    def dpis_level(self, text: str) -> str:
        """The OCSC code of a DPIS code. Raises UnknownLevel."""
        return _only_level(self._dpis_levels.find(text), text)

    def post(self, text: str, unit: Unit | None = None) -> str:
        """Of this unit also with its name: หัวหน้าสำนักงานจังหวัดเชียงใหม่, ผอ.กองคลัง. Raises UnknownPost."""
        posts = self._posts.find(text) or [
            post
            for name in ([] if unit is None else _behind_posts(unit))
            if _key(text).endswith(_key(name))
            for post in self._posts.find(_key(text).removesuffix(_key(name)))
        ]
        if not posts:
            raise UnknownPost(post=text[:LONGEST_SHOWN])
        return posts[0]


def _unit_names(unit: Unit) -> Iterable[str | None]:
    """A provincial office is also called by its province, as เชียงใหม่, จ.เชียงใหม่ and สนจ.เชียงใหม่."""
    yield from (unit.name_th, unit.name_en, unit.abbr_th)
    if unit.kind is UnitKind.PROVINCIAL_OFFICE and unit.name_th.startswith(_OFFICE_OF):
        province = _province(unit)
        for name in filter(None, (province, _SHORT.get(province))):
            yield from (f"{before}{name}" for before in _BEFORE_A_PROVINCE)
        if known := bundled().provinces.get(unit.province or ""):
            # Alone they are also other things: สป. is this ministry's office, ชพ. a level.
            yield from (f"{before}{known.abbr_th}" for before in _BEFORE_A_PROVINCE if before)
        english = unit.name_en.removesuffix(_PROVINCE_EN[0])
        yield from (f"{name}{behind}" for name in (english, _SHORT_EN.get(english)) if name for behind in _PROVINCE_EN)
    elif (group := _group_name(unit)).endswith(_OF_A_PROVINCE) and unit.province_th:  # ศูนย์ดำรงธรรมจังหวัดเชียงใหม่
        yield f"{group.removeprefix(_GROUP)}{unit.province_th}"


def _province(office: Unit) -> str:
    return office.name_th.removeprefix(_OFFICE_OF)


def _group_name(unit: Unit) -> str:
    """Without that of its office. Empty for what is no work group."""
    return unit.name_th.partition(" ")[0] if unit.kind is UnitKind.WORK_GROUP else ""


def _behind_posts(unit: Unit) -> list[str]:
    office = unit.kind is UnitKind.PROVINCIAL_OFFICE
    names = (unit.name_th, unit.abbr_th, unit.name_th.removeprefix(_GROUP), _group_name(unit).removeprefix(_GROUP))
    return [name for name in (*names, _province(unit) if office else "") if name]


def _in_two(text: str) -> list[tuple[str, str]]:
    """All ways to cut a text between two of its words."""
    words = [word for word in _BETWEEN.split(text) if word]
    return [("".join(words[:at]), "".join(words[at:])) for at in range(1, len(words))]


def _unit_key(text: str) -> str:
    return searchable(text.translate(DASHES)).replace("-", "").translate(_UNSAID)


_known_key = lru_cache(_MOST_KNOWN)(_unit_key)  # units have the same names from one import to the next


def _only_level(codes: list[str], text: str) -> str:
    if not codes:
        raise UnknownLevel(level=text[:LONGEST_SHOWN])
    if len(codes) > 1:
        raise LevelAmbiguous(level=text[:LONGEST_SHOWN], codes=", ".join(codes))
    return codes[0]


def _level_names(positions: Mapping[str, Position]) -> Iterable[tuple[str, str]]:
    """Codes, and names as they are written, but no abbreviations: levels share theirs with provinces."""
    for level in positions.values():
        names = [level.code, level.display_th, level.title_suffix_th, f"ระดับ{level.level_th}", level.level_th]
        if level.type_th and level.level_th:
            names += [f"{level.type_th}{between}{level.level_th}" for between in ("", "ระดับ")]
        yield from ((name, level.code) for name in names if name and name != "-")
