"""Invented people with plausible Thai names, and the sheet that brings them in. Pure.

Everybody belongs to one step of one programme, so that no play meets the people of another. Their names are the same in
every play of a file.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pattana.demo.script import Target

DEFAULT_LEVEL = "K2"
_COLUMNS = ("externalId", "prefix", "firstName", "lastName", "unit", "position", "level", "post", "email")
_POSITION = "นักทรัพยากรบุคคล"
_MAIL_DOMAIN = "staff.example"  # reserved: mail there can reach nobody


@dataclass(frozen=True, slots=True)
class Person:
    """`face` decides on the name, `key` is the number in the personnel register; `unit` is where he or she works."""

    key: str
    face: str
    unit: str
    level: str = DEFAULT_LEVEL
    position: str = _POSITION
    post: str = ""


def cast(programme: str, step: int, places: Iterable[str], target: Target | None) -> list[Person]:
    """One person for each of these units, in their order; `target` says what they must be to belong to it."""
    mark = hashlib.sha256(programme.encode()).hexdigest()[:8]
    numbers: Counter[str] = Counter()
    people = []
    for unit in places:
        numbers[unit] += 1
        name = f"{step}-{unit}-{numbers[unit]:02d}"
        people.append(_fitting(f"DEMO-{mark}-{name}", name, unit, target))
    return people


def _fitting(key: str, face: str, unit: str, target: Target | None) -> Person:
    if target is None:
        return Person(key, face, unit)
    level, position = (*target.levels, DEFAULT_LEVEL)[0], (*target.positions, _POSITION)[0]
    return Person(key, face, unit, level, position, (*target.posts, "")[0])


def sheet(people: Sequence[Person]) -> bytes:
    """CSV as Excel writes it: with a BOM and CRLF. One row per person, in order, after the header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for person in people:
        writer.writerow(row(person))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def row(person: Person) -> tuple[str, ...]:
    """Two of three have an e-mail address, as in real personnel data."""
    lot = int.from_bytes(hashlib.sha256(person.face.encode()).digest()[:8])
    prefix = ("นาย", "นางสาว", "นาง")[lot % 3]
    first, last = _pick("men" if prefix == "นาย" else "women", lot >> 8), _pick("surnames", lot >> 24)
    email = "" if (lot >> 48) % 3 == 0 else f"{person.key.lower()}@{_MAIL_DOMAIN}"
    return person.key, prefix, first, last, person.unit, person.position, person.level, person.post, email


def _pick(kind: str, lot: int) -> str:
    names = _names()[kind]
    return names[lot % len(names)]


@lru_cache(maxsize=1)
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads((files("pattana.demo") / "names.json").read_text(encoding="utf-8"))
    return names
