"""Invented people with plausible Thai names, the same in every play, as a sheet for the import. Pure."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from pattana.demo.plan import Nominee

_COLUMNS = ("externalId", "prefix", "firstName", "lastName", "unit", "position", "level", "email")
_POSITION = "นักทรัพยากรบุคคล"
_MAIL_DOMAIN = "staff.example"  # reserved: mail there can reach nobody


def sheet(people: Sequence[Nominee]) -> bytes:
    """CSV as Excel writes it: with a BOM and CRLF. One row per person, in order, after the header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for person in people:
        writer.writerow(row(person))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def row(person: Nominee) -> tuple[str, ...]:
    """Two of three have an e-mail address, as in real personnel data."""
    lot = int.from_bytes(hashlib.sha256(person.key.encode()).digest()[:8])
    prefix = ("นาย", "นางสาว", "นาง")[lot % 3]
    first = _pick("men" if prefix == "นาย" else "women", lot >> 8)
    email = "" if (lot >> 48) % 3 == 0 else f"{person.key.lower()}@{_MAIL_DOMAIN}"
    return person.key, prefix, first, _pick("surnames", lot >> 24), person.unit, _POSITION, person.level, email


def _pick(kind: str, lot: int) -> str:
    names = _names()[kind]
    return names[lot % len(names)]


@lru_cache(maxsize=1)
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads((files("pattana.demo") / "names.json").read_text(encoding="utf-8"))
    return names
