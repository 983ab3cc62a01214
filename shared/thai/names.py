"""Names of people as civil servants write them, and the shape of a citizen id. Knows no person."""

import re
from typing import NamedTuple

from shared.thai.dates import ARABIC_DIGITS, DASHES
from shared.thai.text import normalise, words_of
from shared.thai.titles import CIVIL, is_abbreviated, prefix_of, titles

# What may stand, glued or not, before a first name. The alternatives are tried in order, the longer of a kind first.
_WOMAN = r"(?: [ ]? \((?:หญิง|ญ)\.?\) [ ]? | [ ] หญิง [ ] (?=\S+[ ]\S) )"
_SIGN = "[\u0e30-\u0e3a\u0e47-\u0e4e]"
_PREFIX = re.compile(
    rf"""
    (?: [ก-ฮ]{{1,4}}\.[ ]? )+  # no first name has a full stop: น.ส. ดร. ม.ล. ผศ. ร.ต.หญิง
      (?: (?: (?<=[อศ]\.) | (?<=[อศ]\.[ ]) ) (?: \(พิเศษ\)[ ]? | พิเศษ[ ](?=\S+[ ]\S) ) )?
      (?: (?<=[ตทอ]\.) หญิง [ ]?
        | (?: (?<=[ตทอ]\.) | (?<=[ตทอ]\.[ ]) ) (?: \((?:หญิง|ญ)\.?\)[ ]? | หญิง[ ](?=\S+[ ]\S) ) )?
    | (?: ผู้ช่วย | รอง )? ศาสตราจารย์ (?: พิเศษ )? [ ]?
    | หม่อม (?: ราชวงศ์ | หลวง | เจ้า ) [ ]?
    | (?: ท่านผู้ | คุณ | เด็ก ) หญิง [ ]? | เด็กชาย [ ]?
    | (?: นายสัตวแพทย์ | นายแพทย์ | (?: ทันต | สัตว )? แพทย์หญิง | ทันตแพทย์ | เภสัชกร (?: หญิง )? ) [ ]?
    | (?: นายกอง | นายหมวด | นายหมู่ ) (?: ใหญ่ | เอก | โท | ตรี ) [ ]?
    | นาง[ ]สาว[ ] (?=\S+[ ]\S)
    | (?: นางสาว (?!{_SIGN}) | นาย | นาง (?!สาว{_SIGN}) | (?<!.) นาง ) (?: \.[ ]? | [ ] )?  # นางสาวิตรี is นาง สาวิตรี
    | ว่าที่ [ ]?
    | (?: จ่าสิบ | พันจ่า | จ่า | สิบ | ร้อย | พัน | พลเรือ | พล | เรือ | นาวา ) (?: ตำรวจ | อากาศ )? (?: เอก | โท | ตรี )
      (?: พิเศษ | [ ]?\(พิเศษ\) )? (?: หญิง | {_WOMAN} )? [ ]?
    | (?: จ่าสิบตำรวจ | ดาบตำรวจ | พลตำรวจ | พลทหาร | พลฯ ) [ ]?
    | (?i: (?: asst\.? | assoc\.? ) [ ]? prof | prof | mrs | mr | ms | miss | dr ) (?: \.[ ]? | [ ] )
    | (?: คุณ | ดร | หม่อม | พระ ) [ ]  # also how first names begin (คุณวุฒิ), so only before a space
    """,
    re.VERBOSE,
)
# An abbreviation that lacks its last full stop, or all of them. Two names must follow: one may be called as it is.
_WITHOUT_STOP = re.compile(r"((?:[ก-ฮ]{1,3}\.)+(?:[ก-ฮ]{1,2}|เอก|โท|ตรี)|[ก-ฮ]{2,4}) (?!ณ )(?=\S+ \S)")
# What is left must be able to start a name: in "นายิกา" it is a vowel sign, so นาย was no prefix there.
_NAME_START = re.compile("[ก-ฮ][^์ ]|[เแโใไ][ก-ฮ]|[A-Za-z]")
_CITIZEN_ID = re.compile("[0-9]{13}")
_SEPARATORS = re.compile("[ -]")


class Name(NamedTuple):
    prefix: str
    first: str
    last: str

    def __str__(self) -> str:
        """As it is printed: a Thai prefix is glued to the first name, but for one that ends in a full stop."""
        gap = " " if self.prefix.isascii() or self.prefix.endswith(".") else ""
        return f"{self.prefix}{gap}{self.first} {self.last}".strip()

    @property
    def formal(self) -> str:
        """As official papers and certificates have it: any prefix stands before the first name without a space."""
        return f"{self.prefix}{self.first} {self.last}".strip()


def split_name(full: str) -> Name:
    """Prefix (combined ones too, spaced one way), first name, all that follows as the last name; parts may be empty."""
    prefixes, rest = _split_prefix(normalise(full))
    first, _, last = rest.partition(" ")
    return Name(prefix=_spaced(prefixes), first=first, last=last)


def name_beside(prefix: str, name: str) -> Name:
    """A name and the prefix that a column of its own gives, every title once and in full.

    A name that begins with another of the titles that everybody has one of (นาง in "นางนวล" beside นาย) has none.
    """
    given, split = titles(prefix), split_name(name)
    found = titles(split.prefix)
    if CIVIL.intersection(given) and CIVIL.intersection(found) - set(given):
        first, _, last = normalise(name).partition(" ")
        return Name(prefix_of(given), first, last)
    first = "" if split.first and given and {*titles(split.first)} <= {*given} else split.first  # a title alone
    return Name(prefix_of(dict.fromkeys([*given, *found])), first, split.last)


def name_search_key(name: str | Name) -> str:
    """First and last name without prefix, spaces, punctuation, case and tone marks: equal keys are worth comparing.

    A key is not an identity: people share names, and names that differ in a tone mark share a key.
    """
    parts = name if isinstance(name, Name) else split_name(name)
    return "".join(words_of(f"{parts.first} {parts.last}"))


def is_citizen_id(text: str) -> bool:
    """Thirteen digits (Thai ones, spaces and hyphens as on the card allowed) whose last one is the checksum."""
    digits = _SEPARATORS.sub("", text.strip().translate(ARABIC_DIGITS).translate(DASHES))
    if not _CITIZEN_ID.fullmatch(digits):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(digits[:12], range(13, 1, -1), strict=True))
    return (11 - weighted % 11) % 10 == int(digits[12])


def _split_prefix(text: str) -> tuple[str, str]:
    end = 0
    while (match := _next_title(text, end)) and _NAME_START.match(text, match.end()):
        end = match.end()
    return text[:end], text[end:]


def _next_title(text: str, at: int) -> re.Match[str] | None:
    short = _WITHOUT_STOP.match(text, at)
    return short if short and is_abbreviated(short[1]) else _PREFIX.match(text, at)


def _spaced(prefix: str) -> str:
    return re.sub("ว่าที่(?=[ก-ฮ]{1,2}\\.)", "ว่าที่ ", prefix.replace(" ", ""))
