"""What stands below a list and is no part of it: totals, signatures, notes, dates of printing, rules. Knows no column's
meaning, and takes nothing for it that could be somebody: each cell has to be of a known form.

Such rows are left out only behind the last other row of a sheet, and it is said which.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from enum import Enum, auto
from typing import Final

from shared.sheets.found import NOT_COMPUTED

MOST_ROWS: Final = 30  # with more it is no footer
_LONGEST: Final = 300  # of a note the beginning says it
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_SPLIT_AM: Final = ("\u0e4d\u0e32", "\u0e33")  # looks the same; NFC leaves it
_MARKS: Final = re.compile(r"^[*(\[•#\s.…_-]+")

_DIGITS: Final = "[0-9๐-๙]"
_NUMBER: Final = rf"{_DIGITS}[0-9๐-๙,]*+(?:\.{_DIGITS}++)?+%?+"  # possessive: a file may be hostile
_COUNTED: Final = "(?:คน|ราย(?:ชื่อ|การ)?|ท่าน|อัตรา|ตำแหน่ง|แห่ง|แถว|persons?|people|records?|rows?|items?|names?)"
_WHO: Final = (
    "ทั้งสิ้น|ทั้งหมด|ทั้งนี้|จำนวน|ยอด|คิดเป็น|เป็น|เงิน|บาท|ร้อยละ|เพศ|ชาย|หญิง|หน้านี้|บุคลากร|ข้าราชการ|พนักงานราชการ|พนักงาน|ลูกจ้าง|เจ้าหน้าที่|"
    "ผู้สมัคร|ผู้เข้า(?:รับการ|ร่วม)?(?:ฝึก)?(?:อบรม|ประชุม|สัมมนา)?(?:โครงการ)?"
)
_OF_TOTALS: Final = rf"(?:{_WHO}|{_COUNTED}|{_NUMBER}|[\s:=().,…_/-])*+"
_TOTAL: Final = re.compile(
    rf"(?:(?:ยอด)?รวม|จำนวน|(?:คิดเป็น)?ร้อยละ|(?:เพศ)?(?:ชาย|หญิง)){_OF_TOTALS}"
    rf"|(?:(?:ยอด)?รวม|สรุป|จำนวน|ทั้งหมด|ทั้งสิ้น).*{_NUMBER} ?{_COUNTED}(?:\s*\([^()]*\))?[\s).]*"
    rf"|(?:grand |sub[ -]?)?totals?(?: (?:number|of|persons|people|participants|staff|records|rows|names))*[ :=]*"
    rf"(?:{_NUMBER})?(?: ?{_COUNTED})?|{_NUMBER} ?(?:คน|ราย|ท่าน|persons|people)"
)
# Words that somebody, a day or a text stands behind, in the same cell or in the next one.
_SIGNED: Final = (
    "ลงชื่อ|ลงนาม|ลายมือชื่อ|(?:เจ้าหน้าที่)?ผู้(?:จัดทำ|จัดพิมพ์|พิมพ์|รายงาน|ออกรายงาน|ตรวจสอบ|ตรวจทาน|ตรวจ|ทาน|รับรอง|อนุมัติ|เห็นชอบ|"
    "บันทึก|ประสานงาน|ประสาน|กรอก|ให้|เสนอ|รับผิดชอบ|ควบคุม|รวบรวม|สรุป|ส่ง|นำเข้า)(?:ข้อมูล|รายงาน|รายชื่อ|บัญชี|เอกสาร)?|"
    "(?:จัดทำ|จัดพิมพ์|รายงาน|ตรวจสอบ|รับรอง|อนุมัติ|ออก|บันทึก)โดย|"
    "(?:prepared|reported|checked|approved|certified|verified|reviewed|submitted|issued|signed) by|"
    "(?:signature|signed)(?=\\s*(?:[:._…]|$))"
)
_NOTED: Final = (
    "หมายเหตุ|ที่มา(?:ของข้อมูล)?|แหล่ง(?:ที่มา|ข้อมูล)(?:ของข้อมูล)?|ติดต่อสอบถาม|สอบถามเพิ่มเติม|"
    "(?:ข้อมูล)? ?ณ ?วันที่|ข้อมูล(?:ณ| ณ)|ข้อมูลเมื่อ|"
    "(?:พิมพ์|จัดพิมพ์|สั่งพิมพ์|ออกรายงาน|จัดทำ|รายงาน|ปรับปรุง(?:ข้อมูล)?)(?:ล่าสุด)?(?:(?: ?เมื่อ| ?ณ)? ?วันที่| ?เมื่อ|โดย|จาก)|"
    "(?:วันที่|วันเวลา|เวลา)(?:ที่)?(?:พิมพ์|จัดพิมพ์|จัดทำ|รายงาน|ออกรายงาน|ปรับปรุง)|วันที่|"
    "ติดต่อ(?=\\s*:)|อีเมล์?(?=\\s*:)|โทร(?:ศัพท์|สาร)?(?=[\\s.:])|(?:data )?as (?:of|at)|"
    "(?:printed|generated|exported|created|updated) (?:on|at|by|from)|"
    "(?:notes?|remarks?|source|(?:print |report )?date|tel|e-?mail)(?=\\s*(?:[:._…]|$))"
)
_OF_SIGNED: Final = r"ตำแหน่ง|(?:position|title)(?=\s*(?:[:._…]|$))"
_LABEL: Final = re.compile(rf"(?P<signed>{_SIGNED}|{_OF_SIGNED})|{_NOTED}")
_NOTE: Final = re.compile(r"[*(\s]*(?:หมายเหตุ|notes?\b|remarks?\b)")
_BARE: Final = re.compile(r"[\s:.)]*")
_BEHIND_LABEL: Final = re.compile(rf"[\s:.…_()\[/*-]|{_DIGITS}")
_GLUED: Final = re.compile("(?:ลงชื่อ|ตำแหน่ง|หมายเหตุ|ณ ?วันที่|เมื่อ|วันที่|โดย)$")  # text may follow without a space
_TO_BE_FILLED: Final = re.compile(r"(?:[._] ?){5}|(?:… ?){2}")
_TO_SIGN: Final = re.compile(r"[*(\s]*(?:ลงชื่อ|ลงนาม|ลายมือชื่อ)[\s).:]*(?:[._…-]|$)")  # and nobody's name behind it
_SIGNER: Final = re.compile(r"\([^()]{2,100}\)[\s.]*")
_PAGE: Final = re.compile(
    rf"(?:หน้า(?:ที่)? ?|page ?){_DIGITS}+(?: ?(?:/|จาก|ของ|of) ?{_DIGITS}+)?(?: ?หน้า)?|[-–—] ?{_DIGITS}{{1,4}} ?[-–—]"
)
_END: Final = re.compile(
    r"(?:จบ|สิ้นสุด)(?:รายงาน|รายการ|รายชื่อ|เอกสาร|ข้อมูล)[\s*.-]*|end of (?:report|list|file|document)[\s*.-]*"
    r"|(?:เอกสาร|รายงาน|ข้อมูล|รายชื่อ)นี้.*|ข้อมูลจาก.*|ขอรับรอง(?:ว่า)?.*|(?:ได้)?ตรวจ(?:สอบ|ทาน)?แล้ว.*|(?:จึง)?เรียนมาเพื่อ.*|ขอแสดงความนับถือ|รับรอง(?:ว่า)?ถูกต้อง.*|รับรองสำเนา.*|สำเนาถูกต้อง.*"
)
# What stands below the name of who has signed: a duty, an office, a day.
_BELOW_SIGNATURE: Final = re.compile(
    "(?:ผู้อำนวยการ|ผู้ว่าราชการ|ผู้ตรวจราชการ|ผู้เชี่ยวชาญ|หัวหน้า|รอง|นัก|เจ้าพนักงาน|เจ้าหน้าที่|พนักงาน|นิติกร|บุคลากร|ปลัด|เลขานุการ|อธิบดี|"
    "ประธาน|กรรมการ|วิศวกร|ปฏิบัติ|รักษา|ทำการแทน|สำนัก|กอง|กลุ่ม|กรม|ฝ่าย|ศาลากลาง|จังหวัด|director|head|chief|deputy|officer).*"
    rf"|{_DIGITS}{{1,2}}(?:\s*[ก-ฮa-z][^\s{_DIGITS[1:-1]}]*\s*(?:{_DIGITS}{{4}}|{_DIGITS}{{2}})|[/.-]{_DIGITS}{{1,2}}[/.-]{_DIGITS}{{2,4}})"
)
# A name alone, of whom a line above waits for: with a title, and no more than a name. Anywhere else it may be somebody.
_SIGNED_BY: Final = re.compile(
    r"(?:นางสาว|นาง|นาย|น\.ส\.|ดร\.|(?:ว่าที่ ?)?(?:ร้อย|พัน|[รพ]\.)(?:ตำรวจ|ต\.)?(?:เอก|โท|ตรี|[อทต]\.)(?:หญิง)?) ?"
    r"[ก-๎]{2,40}(?: [ก-๎]{1,40}){1,3}"
)
_IN_A_LIST: Final = re.compile(rf"(?:\(?{_DIGITS}{{1,2}}(?:[.)]+|\s)|[-–—•*]) ?(?!นาย|นาง|น\.?ส)[^\s{_DIGITS[1:-1]}].*")
_NOTED_BY_STARS: Final = re.compile(r"\*{2,}\s*(?!นาย|นาง|น\.?ส)[^\s*].*")
_BESIDE_TOTAL: Final = re.compile(rf"{_COUNTED}|ทั้งสิ้น|ทั้งหมด")
_AMOUNT: Final = re.compile(rf"\(?{_NUMBER}\)? ?{_COUNTED}?")


class _Is(Enum):
    TOTAL = auto()
    LABEL = auto()  # of what is in the next cell
    WORDS = auto()
    NAME = auto()  # of who has signed
    SIGNS = auto()
    NUMBER = auto()  # also a word for what is counted: beside a total
    OTHER = auto()


def footer_rows(rows: Iterable[Sequence[str]], read: Collection[int]) -> int:
    """How many of the last rows of a sheet are its footer. `read` are the columns in which people stand: a number there
    may be somebody's."""
    footer, count = _Footer(), 0
    for cells in rows:
        count = count + 1 if footer.takes(cells, read) else 0
    return count


class _Footer:
    """Told the rows from top to bottom: below a signature stands what its owner is, and below a note a list."""

    def __init__(self) -> None:
        self._signed = self._noted = False
        self._unnamed = False  # a signature that nobody's name has stood at or below yet

    def takes(self, cells: Sequence[str], read: Collection[int]) -> bool:
        if not self._is_footer(cells, read):
            self._signed = self._noted = self._unnamed = False
            return False
        texts = [text for text in map(_plain, cells) if text]
        for text in texts:
            label = _LABEL.match(_MARKS.sub("", text))
            self._signed |= bool(label and label["signed"]) or bool(_TO_BE_FILLED.search(text) or _SIGNER.match(text))
            self._noted |= bool(_NOTE.match(text))
        self._unnamed = self._is_unnamed(texts)
        return True

    def _is_unnamed(self, texts: Sequence[str]) -> bool:
        """One line of signatures has one of names: whoever stands alone below these may be somebody."""
        to_sign = any(map(_TO_SIGN.match, texts))
        named = any(map(_SIGNED_BY.fullmatch, texts)) or (not to_sign and any(map(_SIGNER.match, texts)))
        return (self._unnamed or to_sign) and not named

    def _is_footer(self, cells: Sequence[str], read: Collection[int]) -> bool:
        """Ends at the first cell that may be of somebody, which is nearly always one of the first two."""
        found, told, is_number = set[_Is](), False, False
        for at, text in enumerate(map(_plain, cells)):
            if not text:
                continue
            kind = _Is.WORDS if told else self._kind(text)  # what a label says may be anything
            if kind is _Is.OTHER:
                return False
            is_number |= kind is _Is.NUMBER and at in read
            told = kind is _Is.LABEL
            found.add(kind)
        if is_number and _Is.TOTAL not in found:
            return False
        if _Is.NAME in found and found - {_Is.NAME, _Is.SIGNS}:  # beside a number, a duty or an office: of a list
            return False
        return bool(found - {_Is.NUMBER})

    def _kind(self, text: str) -> _Is:
        if text == NOT_COMPUTED or _AMOUNT.fullmatch(text):
            return _Is.TOTAL if _TOTAL.fullmatch(text) else _Is.NUMBER
        if not any(sign.isalnum() for sign in text):
            return _Is.SIGNS
        bare = _MARKS.sub("", text)
        if _TOTAL.fullmatch(bare):
            return _Is.TOTAL
        if (label := _LABEL.match(bare)) and _BARE.fullmatch(bare, label.end()):
            return _Is.LABEL
        follows = (self._signed and _BELOW_SIGNATURE.fullmatch(bare)) or (self._noted and _IN_A_LIST.fullmatch(text))
        if follows or _is_words(text, bare, label):
            return _Is.WORDS
        if self._unnamed and _SIGNED_BY.fullmatch(text):
            return _Is.NAME
        return _Is.NUMBER if _BESIDE_TOTAL.fullmatch(bare) else _Is.OTHER


def _is_words(text: str, bare: str, label: re.Match[str] | None) -> bool:
    if label and (_BEHIND_LABEL.match(bare, label.end()) or _GLUED.search(label[0])):
        return True
    by_stars = _NOTED_BY_STARS.fullmatch(text)
    return bool(
        by_stars
        or _TO_BE_FILLED.search(text)
        or _SIGNER.fullmatch(text)
        or _PAGE.fullmatch(text)
        or _END.fullmatch(bare)
    )


def _plain(cell: str) -> str:
    """As it is seen, in small letters."""
    if not cell or cell == NOT_COMPUTED:
        return cell
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", cell[:_LONGEST])).replace(*_SPLIT_AM)
    return " ".join(text.split()).casefold()
