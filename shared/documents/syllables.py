"""What shaping every Thai syllable shows of a font. Of a developer's machine alone, for deriving.py."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import uharfbuzz

CONSONANTS: Final = [chr(code) for code in range(0x0E01, 0x0E2F)]
ABOVE: Final = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d"
BELOW: Final = "\u0e38\u0e39\u0e3a"
TONES: Final = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
SPOKEN_TONES: Final = "\u0e48\u0e49\u0e4a\u0e4b"
NIKHAHIT, SARA_AA, SARA_AM = "\u0e4d", "\u0e32", "\u0e33"

Offset = tuple[int, int]
Shaped = list[tuple[str, Any]]


@dataclass
class Learnt:
    """What shaping every syllable has shown: each glyph's text, and how the second of a stack lies to the first."""

    texts: dict[str, str]
    stacks: dict[tuple[str, str], Offset] = field(default_factory=dict)
    beside: dict[str, Counter[int]] = field(default_factory=dict)  # how far a nikhahit lies from its consonant

    def take(self, text: str, glyphs: Shaped) -> None:
        """Of alternates: as many glyphs as signs."""
        if len(text) == len(glyphs):
            for sign, (name, _) in zip(text, glyphs, strict=True):
                self.texts.setdefault(name, sign)


def learn(data: bytes, texts: dict[str, str], order: list[str]) -> Learnt:
    font = uharfbuzz.Font(uharfbuzz.Face(data))

    def shape(text: str) -> Shaped:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = "th"
        uharfbuzz.shape(font, buffer)
        return [
            (order[info.codepoint], place)
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    learnt = Learnt(texts)
    for consonant in CONSONANTS:
        for vowel in ("", *ABOVE, *BELOW):
            for tone in ("", *TONES):
                _learn_stack(learnt, consonant, vowel, tone, shape)
        for tone in ("", *SPOKEN_TONES):
            _learn_am(learnt, consonant, tone, shape(consonant + tone + SARA_AM))
    return learnt


def _learn_stack(learnt: Learnt, consonant: str, vowel: str, tone: str, shape: Callable[[str], Shaped]) -> None:
    glyphs = shape(consonant + vowel + tone)
    learnt.take(consonant + vowel + tone, glyphs)
    if vowel and vowel in ABOVE and tone and len(glyphs) == 3:
        (below, first), (above, second) = glyphs[1], glyphs[2]
        offset = (second.x_offset - first.x_offset + first.x_advance, second.y_offset - first.y_offset)
        learnt.stacks.setdefault((below, above), offset)


def _learn_am(learnt: Learnt, consonant: str, tone: str, glyphs: Shaped) -> None:
    """The shaper takes SARA AM apart: a nikhahit goes to the consonant, before the tone, and SARA AA stays."""
    if not tone and len(glyphs) == 3:
        name, place = glyphs[1]
        learnt.beside.setdefault(name, Counter())[place.x_offset] += 1
    if tone and len(glyphs) == 3:  # the font has a glyph for both
        learnt.texts.setdefault(glyphs[1][0], NIKHAHIT + tone)
    learnt.take(consonant + NIKHAHIT + tone + SARA_AA, glyphs)
