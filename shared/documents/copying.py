"""Makes the text of a PDF the text that was set: by the outlines of its glyphs. Of the process that makes documents.

A writer of PDF notes what a glyph means where it stands first; a glyph of a Thai stack then says too much or too little
elsewhere. The outlines of our fonts are each glyph's own, so what it says is known wherever it stands.
"""

import hashlib
import io
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
import pikepdf
from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).parent / "fonts"
OUTLINES: Final = FONTS / "outlines.json"
AT_ONCE: Final = 100  # entries of one block, as the format has it
_ENTRY: Final = re.compile(r"(?m)^<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]*)>\s*$")
_BEFORE: Final = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
)
_BEHIND: Final = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def outline_of(glyph: Any) -> str | None:
    """What tells an outline; None of a glyph without one."""
    if glyph.numberOfContours <= 0:
        return None
    points = (list(glyph.endPtsOfContours), [tuple(point) for point in glyph.coordinates])
    return hashlib.blake2b(repr(points).encode(), digest_size=8).hexdigest()


@cache
def _texts() -> dict[str, str]:
    known: dict[str, str] = orjson.loads(OUTLINES.read_bytes())
    return known


@lru_cache(maxsize=500)
def _meanings(subset: bytes) -> dict[int, str]:
    """By the number of each glyph in this font file."""
    outlines = TTFont(io.BytesIO(subset), lazy=True)["glyf"]
    texts, found = _texts(), {}
    for number, name in enumerate(outlines.glyphOrder):
        text = texts.get(outline_of(outlines[name]) or "")
        if text is not None:
            found[number] = text
    return found


def with_text(pdf: bytes) -> bytes:
    """The same PDF, whose text can be copied. The same bytes for the same bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for part in document.objects:
            if isinstance(part, pikepdf.Dictionary) and part.get("/Subtype") == "/Type0" and "/ToUnicode" in part:
                _mend(document, part)
        written = io.BytesIO()
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return written.getvalue()


def _mend(document: pikepdf.Pdf, font: pikepdf.Dictionary) -> None:
    described = font.DescendantFonts[0].FontDescriptor
    if "/FontFile2" not in described:
        return
    meanings = _meanings(described.FontFile2.read_bytes())
    noted = font.ToUnicode.read_bytes().decode("latin1")
    entries = {int(number, 16): text for number, text in _ENTRY.findall(noted)}
    entries |= {number: text.encode("utf-16-be").hex().upper() for number, text in meanings.items()}
    font.ToUnicode = document.make_stream(_character_map(entries).encode())


def _character_map(entries: dict[int, str]) -> str:
    listed, blocks = sorted(entries.items()), []
    for start in range(0, len(listed), AT_ONCE):
        block = [f"<{number:04X}> <{text}>\n" for number, text in listed[start : start + AT_ONCE]]
        blocks += [f"{len(block)} beginbfchar\n", *block, "endbfchar\n"]
    return _BEFORE + "".join(blocks) + _BEHIND
