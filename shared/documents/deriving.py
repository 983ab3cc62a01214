"""`python -m shared.documents.deriving`: derives the fonts of documents from Sarabun. Of a developer's machine alone.

Text that is copied from a PDF must be the text that was set. Stacked Thai marks are several glyphs that lie over one
another, and readers take them apart in different ways; so each stack becomes one glyph. Every glyph gets an outline of
its own, for that is how shared/documents/copying.py finds its text again in the subset that a PDF holds.

Sarabun is under the SIL Open Font License without a reserved name; what is derived from it has another all the same.
"""

import copy
from collections.abc import Iterator, Mapping
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import orjson
from fontTools.otlLib import builder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

from shared.documents.copying import FONTS, OUTLINES, outline_of
from shared.documents.syllables import NIKHAHIT, SARA_AA, SARA_AM, Offset, learn

FAMILY: Final = "Pattana Thai"
STYLES: Final = ("Regular", "Bold")
APART: Final = 1  # units by which a glyph that means something else is moved, so that its outline is its own
UNUSED: Final = ("DSIG", "fpgm", "prep", "cvt ", "gasp", "hdmx", "LTSH", "VDMX")

Piece = tuple[str, Offset]


class Derivation:
    """One style. `texts`: what each glyph says; `ligatures`: which pair becomes which; `twins`: what a glyph becomes
    before the SARA AA of a SARA AM; `stands_for`: whose anchors a new glyph has."""

    def __init__(self, data: bytes) -> None:
        self.font = TTFont(BytesIO(data), recalcTimestamp=False)
        self.order = list(self.font.getGlyphOrder())
        texts = {name: chr(code) for code, name in sorted(self.font.getBestCmap().items(), reverse=True)}
        self.learnt = learn(data, texts, self.order)
        self.texts = self.learnt.texts
        self.new: list[str] = []
        self.ligatures: dict[tuple[str, str], str] = {}
        self.twins: dict[str, str] = {}
        self.stands_for: dict[str, str] = {}
        self.sara_aa = self.font.getBestCmap()[ord(SARA_AA)]

    def derive(self, style: str) -> tuple[bytes, dict[str, str]]:
        """The font, and the text of each outline in it."""
        self._stack()
        self._merge_am()
        self.font.setGlyphOrder(self.order + self.new)
        self._substitute()
        self._anchor()
        self._rename(style)
        self._flatten()
        written = BytesIO()
        self.font.save(written)
        return written.getvalue(), dict(self._outlines(written.getvalue()))

    def _add(self, name: str, pieces: list[Piece], text: str, like: str) -> None:
        pen, glyphs = TTGlyphPen(None), self.font.getGlyphSet()
        for piece, (x, y) in pieces:
            recording = DecomposingRecordingPen(glyphs)
            glyphs[piece].draw(recording)
            recording.replay(TransformPen(pen, (1, 0, 0, 1, x, y)))
        glyph, outlines = pen.glyph(), self.font["glyf"]
        outlines[name] = glyph
        glyph.recalcBounds(outlines)
        self.font["hmtx"][name] = (self.font["hmtx"][like][0], getattr(glyph, "xMin", 0))
        self.new.append(name)
        self.texts[name] = text

    def _stack(self) -> None:
        for (below, above), offset in self.learnt.stacks.items():
            name = f"{below}__{above}"
            text = self.texts.get(below, "") + self.texts.get(above, "")
            self._add(name, [(below, (0, 0)), (above, offset)], text, below)
            self.ligatures[below, above] = name
            self.stands_for[name] = below

    def _merge_am(self) -> None:
        """Without a tone the two halves become one glyph; with one, the lower half says the tone alone, and the other
        says SARA AM: no glyph may say nothing, for readers do not agree on what that means."""
        self._add("saraAa.am", [(self.sara_aa, (APART, 0))], SARA_AM, self.sara_aa)
        self.stands_for["saraAa.am"] = self.sara_aa
        for name in [name for name, text in self.texts.items() if text[:1] == NIKHAHIT and name in self.order]:
            if self.texts[name] == NIKHAHIT:
                self._merge_alone(name)
            else:
                self._twin(name, [(name, (APART, 0))])
        for (below, above), name in list(self.ligatures.items()):
            if self.texts[below] == NIKHAHIT and above != self.sara_aa:
                x, y = self.learnt.stacks[below, above]
                self._twin(name, [(below, (APART, 0)), (above, (x + APART, y))])

    def _merge_alone(self, nikhahit: str) -> None:
        beside = self.learnt.beside.get(nikhahit)
        x = beside.most_common(1)[0][0] if beside else 0
        name = f"{nikhahit}__aa"
        self._add(name, [(nikhahit, (x, 0)), (self.sara_aa, (APART, 0))], SARA_AM, self.sara_aa)
        self.ligatures[nikhahit, self.sara_aa] = name
        self.stands_for[name] = self.sara_aa

    def _twin(self, name: str, pieces: list[Piece]) -> None:
        twin = f"{name}.am"
        self._add(twin, pieces, self.texts[name].replace(NIKHAHIT, ""), name)
        self.twins[name] = twin
        self.stands_for[twin] = self.stands_for.get(name, name)

    def _substitute(self) -> None:
        """Behind everything that the font does itself, in every language."""
        table = self.font["GSUB"].table
        first = len(table.LookupList.Lookup)
        table.LookupList.Lookup += self._lookups(first)
        table.LookupList.LookupCount = len(table.LookupList.Lookup)
        ours = [first, first + 1]
        composing = [record for record in table.FeatureList.FeatureRecord if record.FeatureTag == "ccmp"]
        for record in composing:
            record.Feature.LookupListIndex = record.Feature.LookupListIndex + ours
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
        self._offer_everywhere(table, ours)

    def _offer_everywhere(self, table: Any, lookups: list[int]) -> None:
        """Languages that have no such feature get one."""
        records = table.FeatureList.FeatureRecord
        known = {place for place, record in enumerate(records) if record.FeatureTag == "ccmp"}
        lacking = [language for language in _languages(table) if not known & set(language.FeatureIndex)]
        if not lacking:
            return
        record, feature = otTables.FeatureRecord(), otTables.Feature()
        feature.FeatureParams, feature.LookupListIndex, feature.LookupCount = None, lookups, len(lookups)
        record.FeatureTag, record.Feature = "ccmp", feature
        records.append(record)
        table.FeatureList.FeatureCount = len(records)
        for language in lacking:
            language.FeatureIndex = [*language.FeatureIndex, len(records) - 1]
            language.FeatureCount = len(language.FeatureIndex)

    def _lookups(self, first: int) -> list[Any]:
        stacking = builder.LigatureSubstBuilder(self.font, None)
        stacking.ligatures = dict(self.ligatures)
        lower, upper = (builder.SingleSubstBuilder(self.font, None) for _ in range(2))
        lower.mapping, upper.mapping = dict(self.twins), {self.sara_aa: "saraAa.am"}
        lower.lookup_index, upper.lookup_index = first + 2, first + 3
        chain = builder.ChainContextSubstBuilder(self.font, None)
        rule = builder.ChainContextualRule([], [sorted(self.twins), [self.sara_aa]], [], [[lower], [upper]])
        chain.rules.append(rule)
        chain.lookup_index = first + 1
        return [stacking.build(), chain.build(), lower.build(), upper.build()]

    def _anchor(self) -> None:
        """A new glyph lies where the one would lie that it stands for."""
        ids = self.font.getReverseGlyphMap(rebuild=True)
        for lookup in self.font["GPOS"].table.LookupList.Lookup:
            for table in lookup.SubTable:
                self._anchor_in(getattr(table, "ExtSubTable", table), ids)
        classes = self.font["GDEF"].table.GlyphClassDef.classDefs
        classes.update({name: classes[like] for name, like in self.stands_for.items() if like in classes})

    def _anchor_in(self, table: Any, ids: Mapping[str, int]) -> None:
        if table.LookupType != 4:  # of marks to bases
            return
        marks = self._with_new(table.MarkCoverage, table.MarkArray.MarkRecord, ids)
        table.MarkArray.MarkRecord, table.MarkArray.MarkCount = marks, len(marks)
        bases = self._with_new(table.BaseCoverage, table.BaseArray.BaseRecord, ids)
        table.BaseArray.BaseRecord, table.BaseArray.BaseCount = bases, len(bases)

    def _with_new(self, coverage: Any, records: list[Any], ids: Mapping[str, int]) -> list[Any]:
        known = dict(zip(coverage.glyphs, records, strict=True))
        for name, like in self.stands_for.items():
            if like in known:
                known.setdefault(name, copy.deepcopy(known[like]))
        coverage.glyphs = sorted(known, key=ids.__getitem__)
        return [known[name] for name in coverage.glyphs]

    def _rename(self, style: str) -> None:
        names = {1: FAMILY, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"{FAMILY} {style}".replace(" ", "-")}
        for record in self.font["name"].names:
            if record.nameID in names:
                record.string = names[record.nameID]

    def _flatten(self) -> None:
        """Outlines that every subsetter leaves as they are: no hints, no glyphs made of others."""
        for tag in UNUSED:
            if tag in self.font:
                del self.font[tag]
        outlines = self.font["glyf"]
        for name in self.font.getGlyphOrder():
            if outlines[name].isComposite():
                pen, recording = TTGlyphPen(None), DecomposingRecordingPen(self.font.getGlyphSet())
                self.font.getGlyphSet()[name].draw(recording)
                recording.replay(pen)
                outlines[name] = pen.glyph()
            if hasattr(outlines[name], "program"):
                outlines[name].removeHinting()

    def _outlines(self, written: bytes) -> Iterator[tuple[str, str]]:
        """As they are read again: what lies on one point is written otherwise than it was drawn. Of several glyphs that
        look the same the first one counts."""
        font, seen = TTFont(BytesIO(written)), set[str]()
        for name in font.getGlyphOrder():
            key, text = outline_of(font["glyf"][name]), self.texts.get(name)
            if key is not None and text and key not in seen:
                seen.add(key)
                yield key, text


def _languages(table: Any) -> list[Any]:
    scripts = [record.Script for record in table.ScriptList.ScriptRecord]
    found = [one for script in scripts for one in (script.DefaultLangSys, *(r.LangSys for r in script.LangSysRecord))]
    return [language for language in found if language is not None]


def derived() -> dict[str, bytes]:
    """The files of the folder, by name."""
    source, made, outlines = files("fontpkg_sarabun") / "files", dict[str, bytes](), dict[str, str]()
    for style in STYLES:
        data, found = Derivation((source / f"Sarabun-{style}.ttf").read_bytes()).derive(style)
        made[f"{FAMILY.replace(' ', '')}-{style}.ttf"] = data
        outlines = {**found, **outlines}
    made[OUTLINES.name] = orjson.dumps(outlines, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
    return made


def main(folder: Path = FONTS) -> None:
    for name, content in derived().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
