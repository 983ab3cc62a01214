"""Sets a template with its data: words that may be broken between, Thai digits, QR codes, and the PDF itself. Of the
process that makes documents."""

import io
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import segno
import thaibreak
import typst
from fontTools.ttLib import TTFont

from shared.documents.copying import FONTS, with_text

TEMPLATES: Final = Path(__file__).parent / "templates"
_THAI_DIGITS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_ERA: Final = re.compile(r"(พ\.ศ\.|ค\.ศ\.) ([0-9๐-๙])")  # a year stands beside its era
_UNSEEN: Final = re.compile(r"[\s\u200b-\u200d\u2060]")


class NoSuchTemplate(Exception):
    """A mistake of the caller."""


class CannotBeSet(Exception):
    """The fonts have no glyph for these signs: a PDF/A must not have a gap."""

    def __init__(self, signs: str) -> None:
        super().__init__(signs)
        self.signs = signs


def broken(text: str) -> str:
    """With a mark wherever a line may break: the engine's own Thai dictionary breaks inside words. The template puts
    every word into a box, and no mark reaches the PDF."""
    found: str = thaibreak.lines(_ERA.sub("\\1\u00a0\\2", text))
    return found


def thai_digits(text: str) -> str:
    return text.translate(_THAI_DIGITS)


def qr(text: str) -> str:
    """An SVG."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return drawn.getvalue().decode()


def pdf(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    """PDF/A-2a whose text can be copied. The same bytes for the same template, data and moment. Texts under `words` are
    broken between words, those under `links` drawn as QR codes; all others are set as they are. With `substitute`,
    signs that the fonts lack are shown as `?`. Raises CannotBeSet and NoSuchTemplate."""
    data = _substituted(data) if data.get("substitute") else data
    _require_glyphs(data)
    words = {name: broken(text) for name, text in data.get("words", {}).items()}
    codes = {name: qr(text) for name, text in data.get("links", {}).items()}
    inputs = {"d": orjson.dumps({**data, "words": words, "codes": codes}).decode()}
    set_pdf = _compiler(template).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["a-2a"], timestamp=int(made_at.timestamp())
    )
    if not isinstance(set_pdf, bytes):
        raise TypeError("a PDF is one file")
    return with_text(set_pdf)


@cache
def _compiler(template: str) -> typst.Compiler:
    path = TEMPLATES / f"{template}.typ"
    if path.parent != TEMPLATES or not path.exists():
        raise NoSuchTemplate(template)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(str(path), root=str(TEMPLATES), font_paths=fonts)


@cache
def _signs() -> frozenset[int]:
    """What every style can set."""
    fonts = [TTFont(io.BytesIO(path.read_bytes()), lazy=True) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset.intersection(*(frozenset(font.getBestCmap()) for font in fonts))


def _substituted(data: Any) -> Any:
    if isinstance(data, str):
        return "".join("?" if _UNSEEN.sub("", sign) and ord(sign) not in _signs() else sign for sign in data)
    if isinstance(data, dict):
        return {name: _substituted(part) for name, part in data.items()}
    return [_substituted(part) for part in data] if isinstance(data, list) else data


def _require_glyphs(data: Any) -> None:
    texts = _texts_of({name: part for name, part in data.items() if name != "links"})
    lacking = {sign for text in texts for sign in _UNSEEN.sub("", text) if ord(sign) not in _signs()}
    if lacking:
        raise CannotBeSet("".join(sorted(lacking)))


def _texts_of(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in parts for text in _texts_of(part)]
