"""The value of one cell of a workbook as a person reads it on the screen, as far as that decides who is meant and when.

Days become ISO, or d/m/y where somebody has typed a Buddhist year, and times that are shown without a day hh:mm. A
spreadsheet makes a day of 8-12 and of Aug-20: what nobody typed is not shown, and so is not read. A format such as
0000000 gives the zeros that it shows; all other formats (thousands, currency, percent) leave the plain digits. A number
of more digits than a spreadsheet keeps comes in exponent form: its last digits are made up.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

_EXACT_DIGITS: Final = 15
_EXACT_BELOW: Final = 10**_EXACT_DIGITS
_BUDDHIST_FROM: Final = 2400  # dates from this year on were typed in the Buddhist era
_FIRST_DAY: Final = date(1899, 12, 30)
_FIRST_DAY_1904: Final = date(1904, 1, 1)
_LEAP_DAY_1900: Final = 60  # spreadsheets believe that there was one
_SECONDS: Final = 86_400  # of a day
_MOST_DAYS: Final = (date.max - _FIRST_DAY_1904).days

# Of these numbers, and of those that a Thai Excel has for the same.
_BUILT_IN_TIMES: Final = frozenset(map(str, (*range(18, 22), *range(45, 48), 75, 76, *range(78, 81))))
_BUILT_IN_WITHOUT_YEAR: Final = frozenset({"16", "73"})
_BUILT_IN_WITHOUT_DAY: Final = frozenset({"17", "74"})
_MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BUILT_IN_DAYS: Final = frozenset(
    str(number) for few in (range(14, 23), range(27, 37), range(45, 48), range(50, 59), range(71, 82)) for number in few
)
_TOKEN: Final = re.compile(r'"([^"]*)"|\\(.)|\[([^\]]*)\]|[_*].|(.)', re.DOTALL)
_SECTION: Final = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+')
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9.]{1,20})")
_OF_DAYS: Final = frozenset("dmyhsb")
_OF_TIMES: Final = frozenset("hs")
_PLACES: Final = frozenset("0#?")
_BETWEEN: Final = re.compile(r"[A-Za-z0-9 ()/._-]*")  # what may stand in an id; a currency may not
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class _Section:
    """Of a code: where digits go, what stands between them, and for which numbers."""

    parts: tuple[tuple[bool, str], ...]  # (whether a digit goes there, the placeholder or the text itself)
    condition: tuple[str, float] | None

    @classmethod
    def of(cls, code: str) -> "_Section | None":
        """None for one by which the plain digits are to be read."""
        parts: list[tuple[bool, str]] = []
        condition = None
        for quoted, escaped, bracketed, plain in _TOKEN.findall(code):
            if bracketed:
                found = _CONDITION.fullmatch(bracketed)
                condition = (found[1], float(found[2])) if found and found[2].count(".") < 2 else condition
            elif plain and plain in _PLACES:
                parts.append((True, plain))
            elif plain == "t" and not parts:  # Thai digits
                continue
            elif (literal := quoted or escaped or plain) and (
                _BETWEEN.fullmatch(literal) is None or plain in {".", "E"}
            ):
                return None
            else:
                parts += [(False, sign) for sign in literal]
        places = [place for is_place, place in parts if is_place]
        least = len(places) - places.index("0") if "0" in places else 0
        return cls(tuple(parts), condition) if least > 1 or (places and len(places) < len(parts)) else None

    def holds(self, number: int) -> bool:
        return self.condition is None or _HOLDS[self.condition[0]](number, self.condition[1])

    def shown(self, number: int) -> str:
        """Filled from its end; what is left over goes before the first place."""
        digits = list(str(number))
        first = next(at for at, (is_place, _) in enumerate(self.parts) if is_place)
        zeros = next((at for at, part in enumerate(self.parts) if part == (True, "0")), len(self.parts))
        shown = ""
        for at in range(len(self.parts) - 1, -1, -1):
            is_place, text = self.parts[at]
            if not is_place:
                shown = text + shown
            elif digits:
                shown = digits.pop() + shown
            elif at >= zeros:
                shown = "0" + shown
            if at == first:
                shown = "".join(digits) + shown
        return shown.strip(" -/")


@dataclass(frozen=True)
class Format:
    """A number format, as far as it decides what is read."""

    is_day: bool
    sections: tuple[_Section | None, ...] = ()
    is_time: bool = False  # and of the day nothing is shown
    has_day: bool = True
    has_year: bool = True

    @classmethod
    def of(cls, number: str, code: str) -> "Format":
        """By the number of a built-in one, if there is no code."""
        if not code:
            shows = (number not in _BUILT_IN_WITHOUT_DAY, number not in _BUILT_IN_WITHOUT_YEAR)
            return cls(number in _BUILT_IN_DAYS, (), number in _BUILT_IN_TIMES, *shows)
        plain = {sign.lower() for *_, sign in _TOKEN.findall(code) if sign}
        if code.lower() != "general" and plain & _OF_DAYS:
            day, year = "d" in plain, bool(plain & {"y", "b"})
            is_time = bool(plain & _OF_TIMES) and not (day or year)
            return cls(True, (), is_time, has_day=day or "m" not in plain, has_year=year or "m" not in plain)
        sections = tuple(_Section.of(section) for section in _SECTION.findall(code)[:2])
        return cls(False, sections if any(sections) else ())

    def shown(self, number: int) -> str:
        for section in self.sections if number >= 0 else ():
            if section is None:
                break
            if section.holds(number):
                return section.shown(number)
        return str(number)


PLAIN: Final = Format(is_day=False)


class CellTexts:
    """Of one workbook: its shared strings, the formats of its styles, and the day from which it counts."""

    def __init__(self, strings: Sequence[str], formats: Sequence[Format], *, from_1904: bool) -> None:
        self._strings = strings
        self._formats = dict(enumerate(formats))
        self._from_1904 = from_1904

    def text(self, kind: str, style: str | None, value: str) -> str:
        """Raises ValueError and LookupError for a string that there is not."""
        if kind == "s":
            return self._strings[int(value)]
        if kind == "n":
            return self._number(value.strip(), self._formats.get(int(style), PLAIN) if style else PLAIN)
        if kind == "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        if kind == "d":
            return _day(datetime.fromisoformat(value.strip()).date())
        return self.unescaped(value)

    @staticmethod
    def unescaped(text: str) -> str:
        """XML has no place for some signs: _x000D_ is a carriage return."""
        if "_x" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        return text.strip()

    def _number(self, value: str, form: Format) -> str:
        if form is PLAIN and len(value) <= _EXACT_DIGITS and value.isascii() and value.isdecimal():
            return value
        try:
            number = float(value)
        except ValueError:
            return value
        if form.is_day and 0 < number < _MOST_DAYS:
            return self._moment(number, form)
        if not number.is_integer():  # nor are those without end
            return str(number)
        return form.shown(int(number)) if abs(number) < _EXACT_BELOW else f"{number:.{_EXACT_DIGITS - 1}E}"

    def _moment(self, number: float, form: Format) -> str:
        days, seconds = divmod(round(number * _SECONDS), _SECONDS)
        if not days or (form.is_time and seconds):
            return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
        day = self._date(days)
        if not (form.has_year or form.is_time):  # whoever typed 8-12 has got a year
            return f"{day.day}-{_MONTHS[day.month]}"
        return _day(day) if form.has_day or form.is_time or day.day > 1 else f"{_MONTHS[day.month]}-{day.year}"

    def _date(self, days: int) -> date:
        if self._from_1904:
            return _FIRST_DAY_1904 + timedelta(days)
        return _FIRST_DAY + timedelta(days + (days < _LEAP_DAY_1900))


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}" if day.year >= _BUDDHIST_FROM else day.isoformat()
