"""Thai text: one form for what looks the same, keys to sort and to search by, and cuts between what a reader sees.

Works on code points alone; knows no language model and no service's fields.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby, pairwise

from shared.thai.dates import ARABIC_DIGITS

_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# It joins emoji, and letters of other scripts; beside those of names here it does nothing that is seen.
_IDLE_JOINER = re.compile("(?<=[\u0020-\u007e\u0e00-\u0e7f])\u200d+|\u200d+(?=[\u0020-\u007e\u0e00-\u0e7f])")
_TONES = "่้๊๋"
_AM = "\u0e33"
# Order of the signs on one consonant, inside out. It agrees with the canonical order wherever Unicode gives one.
_SIGN_ORDER = {sign: rank for rank, signs in enumerate(("ฺ", "ุู", "ัิีึื็", "ํ", _TONES, "์", "๎", _AM)) for sign in signs}
_FOREIGN_SIGN = len(_SIGN_ORDER)
_SIGN = "[ั\u0e33-ฺ็-๎\u0300-\u036f]"
# Runs of signs, but for those that are as they should be already: nearly all that people write.
_SIGNS = re.compile(f"(?={_SIGN}{_SIGN})(?!ฺ?[ุู]?[ัิีึื็]?ํ?[{_TONES}]?์?๎?{_AM}?(?!{_SIGN})){_SIGN}{{2,}}")
# unicodedata sorts the signs on one letter by insertion: quadratic in a run that no person wrote. Every combining sign
# is in this class, beside others that do no harm there.
_LONG_RUN = re.compile(r"[^\w\s\x00-\x7f]{32,}")
_SPLIT_AM = re.compile("ํ([ัิ-ฺ็-๎]*)า")
_LONE_LAKKHANGYAO = re.compile("(?<![ฤฦ])ๅ")
# What may have to go, or to change beside something else: a space at an end and two of them are not among it.
_SUSPECT = re.compile("[\\t-\\r\\x1c-\\x1f\\x85\\xa0\u00adํๅ\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff]")
_NO_LONG_RUN = 31

_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
_SECONDARY = "ํ๎์็่้๊๋"  # as ICU weighs them: they decide only between words that are otherwise the same
_SECONDARY_WEIGHTS = {sign: chr(ord("1") + rank) for rank, sign in enumerate(_SECONDARY)}
_SECONDARY_SIGN = re.compile(f"[{_SECONDARY}]")
_UNMARKED = "-"
_TOLERATED = re.compile("[็-์]|[^\\w\u0e30-\u0e4e]")
_AFTER_THAI = {code: code + 0xFEE0 for code in range(ord("a"), ord("z") + 1)}
_IGNORED = "ฯๆ๏๚๛"
# In a short key: all letters with a weight of their own, in their order, behind the digits; a blank stays free.
_WEIGHED = "".join(map(chr, (*range(0x0E01, 0x0E2F), *range(0x0E30, 0x0E3B), *range(0x0E40, 0x0E46))))
_SHORT = {" ": "!", **{letter: chr(ord(":") + at) for at, letter in enumerate(_WEIGHED)}}
_SHORTENED = str.maketrans(_SHORT)

_JOINER = "\u200d"
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # by their category letters and a symbol, but nothing is seen of them
ELLIPSIS = "…"


def normalise(text: str) -> str:
    """The one form in which one-line text is stored: same look, same code points. Idempotent.

    Unifies the ways to write น้ำ, เ+เ for แ, doubled and misordered signs; drops invisible characters; every run of
    white space, line breaks too, becomes one space; NFC otherwise. Digits stay as they are written.
    """
    return text if is_normal(text) else rewritten(text)


def is_normal(text: str) -> bool:
    """Whether it is surely in that form: so is nearly all that people write, and to see it takes a tenth of the time.
    False proves nothing."""
    if "  " in text or text[:1] == " " or text[-1:] == " " or _SUSPECT.search(text):
        return False
    if text.isascii():
        return True
    unordered = "เเ" in text or _SIGNS.search(text) or (len(text) > _NO_LONG_RUN and _LONG_RUN.search(text))
    return not unordered and unicodedata.is_normalized("NFC", text)


def rewritten(text: str) -> str:
    """In that form, step by step."""
    text = _composed(" ".join(_IDLE_JOINER.sub("", _INVISIBLE.sub("", text)).split()))
    text = _LONE_LAKKHANGYAO.sub("า", text.replace("เเ", "แ"))
    text = _SPLIT_AM.sub(rf"\1{_AM}", _SIGNS.sub(_in_order, text))
    # Again, because joining a split ำ may have brought a sign that stood behind it into reach.
    return _composed(_SIGNS.sub(_in_order, text))


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: no letter, digit or symbol, whatever invisible characters and signs there are."""
    first = text[:1]
    if first.isalnum() and first not in _FILLERS:  # so begins nearly all that there is to see
        return False
    return all(unicodedata.category(character)[0] in "CMZ" or character in _FILLERS for character in text)


def searchable(text: str) -> str:
    """Normalised, without case, and with Thai digits as Arabic ones: "ปี ๒๕๖๓" is found by "2563". Never shown."""
    normal = normalise(text)
    if normal.isascii():
        return normal.lower()
    plain = normal.translate(ARABIC_DIGITS).replace(_JOINER, "").casefold()
    return normal if plain == normal else normalise(plain)


def words_of(text: str) -> tuple[str, ...]:
    """What is compared when somebody looks for a text: its words without case, tone marks and punctuation."""
    words = (_TOLERATED.sub("", word) for word in searchable(text).split())
    return tuple(word for word in words if word)


def sort_key(text: str) -> str:
    """A stored key whose byte order is the order of ICU's "th": digits, Thai, then Latin.

    A leading vowel sorts after its consonant; tone marks decide only between words that are otherwise the same; case,
    spaces and punctuation count for nothing.
    """
    plain = _LEADING_VOWEL.sub(_swapped, unicodedata.normalize("NFD", searchable(text)))
    marks = plain.translate(_MARKS).rstrip(_UNMARKED) if _SECONDARY_SIGN.search(plain) else ""
    return f"{plain.translate(_LETTERS)} {marks}".rstrip()


def shortened(key: str) -> str:
    """A sort key in the same order with a byte for each Thai letter, for keys of which there are very many. It has no
    blank, so that something may follow behind one."""
    return key.translate(_SHORTENED)


def clusters(text: str) -> list[str]:
    """What a reader takes for single characters: "ที่" is one, of three code points."""
    starts: list[int] = []
    for at, character in enumerate(text):
        if not (starts and _extends(text[at - 1], character, alone=starts[-1] == at - 1)):
            starts.append(at)
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def truncate(text: str, length: int) -> str:
    """At most `length` clusters, the last an ellipsis when something was cut off."""
    if length < 1:
        raise ValueError("a length of at least 1 is needed")
    seen = clusters(text)
    if len(seen) <= length:
        return text
    return "".join(seen[: length - 1]).rstrip() + ELLIPSIS


def _composed(text: str) -> str:
    """NFC, in time that grows with the length alone."""
    return unicodedata.normalize("NFC", _LONG_RUN.sub(_in_canonical_order, text))


def _in_canonical_order(match: re.Match[str]) -> str:
    """The same signs as NFC would order them, so that nothing is left to sort there."""
    signs = "".join(unicodedata.normalize("NFD", sign) for sign in match[0])
    runs = groupby(signs, key=lambda sign: unicodedata.combining(sign) > 0)
    return "".join("".join(sorted(run, key=unicodedata.combining) if combining else run) for combining, run in runs)


def _in_order(match: re.Match[str]) -> str:
    """The signs of one cluster, each once, the last tone only, inside out."""
    signs = match[0]
    last_tone = max(signs.rfind(tone) for tone in _TONES)
    kept = dict.fromkeys(sign for at, sign in enumerate(signs) if sign not in _TONES or at == last_tone)
    return "".join(sorted(kept, key=lambda sign: _SIGN_ORDER.get(sign, _FOREIGN_SIGN)))


def _swapped(match: re.Match[str]) -> str:
    return match[0][::-1]


@lru_cache(1024)
def _has_weight(character: str) -> bool:
    if character in _IGNORED or "\u0300" <= character <= "\u036f":
        return False
    return unicodedata.category(character)[0] in "LMN"


class _Weights(dict[int, str]):
    """For `translate`, which is many times as fast as a loop. What names are written with is in it from the start; all
    else is worked out each time, so that nobody can fill it."""

    def __init__(self, weight: Callable[[str], str]) -> None:
        super().__init__((code, weight(chr(code))) for code in (*range(0x80), *range(0x0E00, 0x0E80)))
        self._weight = weight

    def __missing__(self, code: int) -> str:
        return self._weight(chr(code))


def _letter(character: str) -> str:
    if character in _SECONDARY_WEIGHTS or not _has_weight(character):
        return ""
    return chr(_AFTER_THAI.get(ord(character), ord(character)))


def _mark(character: str) -> str:
    return _SECONDARY_WEIGHTS.get(character) or (_UNMARKED if _has_weight(character) else "")


_LETTERS = _Weights(_letter)
_MARKS = _Weights(_mark)


def _extends(previous: str, character: str, *, alone: bool) -> bool:
    """Whether a character belongs to the cluster that `previous` ends; `alone`: is all of it so far."""
    if character == "\n":
        return previous == "\r"
    if previous in "\r\n":
        return False
    joins = character in "\u0e33\u0eb3\u200c\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff"
    if joins or unicodedata.category(character)[0] == "M":
        return True
    if previous == _JOINER:
        return unicodedata.category(character) == "So"
    return alone and _is_flag_half(previous) and _is_flag_half(character)


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
