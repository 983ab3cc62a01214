"""An export as data of its template: a table for each kind, of so many rows as there is paper for."""

import re
from datetime import date, datetime
from typing import Any, Final

from shared.personal.export import Export
from shared.personal.kinds import Item, Kind, Words
from shared.personal.labels import CODES, FIELDS, NO, YES
from shared.thai import format_thai_date, format_thai_time

TEMPLATE: Final = "export"
MOST_ROWS: Final = 200  # of a kind
MOST_SIGNS: Final = 30_000  # of all kinds: what one process sets in a few seconds
HIDDEN: Final = frozenset(
    {"nomination", "run", "idea", "plan", "client"}
)  # no paper is wide enough, and the JSON has them
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
TITLE: Final = Words("ข้อมูลส่วนบุคคลที่ระบบพัฒนาเก็บไว้", "Personal data that Pattana keeps")
_ABOUT: Final = {
    "purpose": Words("วัตถุประสงค์", "Purpose"),
    "kept": Words("ระยะเวลาเก็บรักษา", "Kept"),
    "source": Words("แหล่งที่มา", "Source"),
}
_PERSON: Final = Words("รหัสบุคคล", "Person")
_MADE: Final = Words("จัดทำเมื่อ", "Made")
_ABSENT: Final = Words("ข้อมูลที่ไม่อยู่ในเอกสารนี้", "What is not in this document")
_ELSEWHERE: Final = Words("ข้อมูลที่บริการอื่นเก็บไว้ ขอได้ที่", "What other services keep")
_NOTHING: Final = Words("ไม่มีข้อมูล", "nothing")
_MORE: Final = Words("ยังมีต่อ โปรดดูฉบับ JSON", "there is more: see the JSON")


class Texts:
    """Of one document: each by a key, under which the engine breaks it between words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[str, str] = {}
        self.signs = 0

    def key(self, text: str) -> str:
        key = f"t{len(self.words)}"
        self.words[key] = text
        self.signs += len(text)
        return key

    def of(self, words: Words) -> str:
        return self.key(words.in_(self.language))


async def printed(export: Export) -> dict[str, Any]:
    """Signs that the fonts lack are shown as one that they have: nobody's right hangs on a font."""
    texts = Texts(export.language)
    title = TITLE.in_(export.language)
    head = [(_PERSON, export.person), (_MADE, shown(export.made_at.isoformat(), export.language))]
    return {
        "title": title,
        "heading": texts.key(title),
        "law": texts.key(export.head()["law"]),
        "head": [[texts.of(label), texts.key(text)] for label, text in head],
        "kinds": [await _kind(export, kind, texts) for kind in export.kinds],
        "absentTitle": texts.of(_ABSENT),
        "absent": [[texts.of(one.what), texts.of(one.why)] for one in export.absent],
        "elsewhereTitle": texts.of(_ELSEWHERE),
        "elsewhere": [texts.key(address) for address in export.elsewhere],
        "substitute": True,
        "words": texts.words,
    }


async def _kind(export: Export, kind: Kind, texts: Texts) -> dict[str, Any]:
    items, more = await _some(export, kind, texts)
    columns = [name for name in _names(items) if name not in HIDDEN]
    language = export.language
    return {
        "title": texts.of(kind.title),
        "about": [[texts.of(label), texts.of(getattr(kind, name))] for name, label in _ABOUT.items()],
        "columns": [texts.key(FIELDS[name].in_(language) if name in FIELDS else name) for name in columns],
        "rows": [[texts.key(shown(item.get(name), language)) for name in columns] for item in items],
        "note": texts.of(_MORE) if more else texts.of(_NOTHING) if not items else None,
    }


async def _some(export: Export, kind: Kind, texts: Texts) -> tuple[list[Item], bool]:
    """As many as there is room for, and whether there are more."""
    kept: list[Item] = []
    room = MOST_SIGNS - texts.signs
    async for page in export.pages(kind):
        for item in page:
            room -= sum(len(str(value)) for name, value in item.items() if name not in HIDDEN)
            if room < 0 or len(kept) == MOST_ROWS:
                return kept, True
            kept.append(item)
    return kept, False


def _names(items: list[Item]) -> list[str]:
    return list(dict.fromkeys(name for item in items for name in item))


def shown(value: Any, language: str) -> str:
    """Pure. As people read it: days in the Buddhist era, codes in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return (YES if value else NO).in_(language)
    text = str(value)
    if text in CODES:
        return CODES[text].in_(language)
    if language != "th":
        return text
    if _DAY.fullmatch(text):
        return format_thai_date(date.fromisoformat(text), "full")
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        time = format_thai_time(moment).replace(" ", "\u00a0")
        return f"{format_thai_date(moment, 'full')} {time}"
    return text
