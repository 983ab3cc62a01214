"""Cells of names and titles: what is more, or other, than a name is refused, for it would be printed on certificates.
Pure."""

import re
import unicodedata
from typing import Final

from services.enrolment.directory.domain.cell_refusals import NameUnreadable, TitleUnreadable
from services.enrolment.directory.domain.cells import LONGEST_SHOWN, is_erased, is_unsaid
from shared.thai import is_blank
from shared.thai.titles import CIVIL

_IN_A_LIST: Final = re.compile(r"^(?:[-–—•·*●▪‣] *|\(?[0-9๐-๙]{1,5}[.)]* *(?=[^0-9๐-๙ .)]))")
_TITLE_NOTE: Final = re.compile(r"\((?:หญิง|ญ\.?|พิเศษ)\)")  # ร.ต. (หญิง)
# Nearly all names have no others than these; of all scripts letters and their marks are welcome.
_UNUSUAL: Final = re.compile("[^A-Za-z0-9\u00c0-\u024f\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59 .'’‐‑–-]")
_LONG_NUMBER: Final = re.compile("[0-9๐-๙]{7}")  # of a telephone, or an id
_TITLE: Final = re.compile("[A-Za-z\u0e01-\u0e3a\u0e40-\u0e4e][A-Za-z\u0e01-\u0e3a\u0e40-\u0e4e. ()]*")
_SHORTENED: Final = re.compile("[ก-ฮ]\\.")  # ร.ต. of a title
_OF_THE_NAVY: Final = re.compile(r" ร\. ?น\.$")  # stands behind the name of whoever has a rank there
_OF_PROGRAMS: Final = frozenset({"null", "nan"})  # other such words are names somewhere: Na, Nil


def plain_name(text: str) -> str:
    """Without the number or the sign that it has in a list. Raises NameUnreadable."""
    name = _IN_A_LIST.sub("", text)
    noted = _TITLE_NOTE.sub("", name)
    strange = any(unicodedata.category(sign)[0] not in "LM" for sign in _UNUSUAL.findall(noted))
    if strange or _LONG_NUMBER.search(noted) or not _are_words(noted.split()):
        raise NameUnreadable(text=text[:LONGEST_SHOWN])
    return name


def _are_words(words: list[str]) -> bool:
    """A hyphen at the end is a surname that is missing, which is said of that. A digit alone may be part of a name."""
    last = bool(words) and is_erased(words[-1])
    return all(_is_word(word) or (word.isdecimal() and len(word) == 1) for word in words[: len(words) - last])


def _is_word(word: str) -> bool:
    return not word[0].isdecimal() and any(map(str.isalpha, word))


def is_no_name(part: str) -> bool:
    """Nothing to see, or a word for no value: such as ว่าง of a post that is vacant."""
    return is_blank(part) or (not part.isascii() and is_unsaid(part)) or part.casefold() in _OF_PROGRAMS


def holds_title(last: str) -> bool:
    """Of what stands behind the first name: a title there is one that was written wrongly, or behind the name."""
    return _SHORTENED.search(_OF_THE_NAVY.sub("", last)) is not None or not CIVIL.isdisjoint(last.split())


def parse_title(text: str) -> str:
    """Any that people write, but no number of a list of titles, and no choice between several. Raises
    TitleUnreadable."""
    if not _TITLE.fullmatch(text):
        raise TitleUnreadable(text=text[:LONGEST_SHOWN])
    return text
