"""What the enrolment service answers about papers."""

from typing import Final

from pattana.disclosure.answers import OFFICERS, Answer, fields

_DOCUMENTS: Final = "/api/enrolment/runs/{run}/documents"
_LETTERHEAD: Final = "/api/enrolment/letterheads/{unit}"

LETTERHEAD: Final = fields(
    (
        OFFICERS,
        "unit numberPrefix office[] addressedAs orderOf authority signer signerTitles[] contact[] version",
    )
)

PAPERS: Final = (
    Answer("request for names", (f"GET {_DOCUMENTS}/nomination-request",), {}, "PDF or DOCX, to HR officers; no names"),
    Answer(
        "paper with names",
        tuple(
            f"GET {_DOCUMENTS}/{kind}"
            for kind in ("nomination-letter", "appointment-order", "attendance-sheet", "certificate-list")
        ),
        {},
        "PDF or DOCX: to HR officers of everybody, to an office of its own people",
    ),
    Answer("letterhead", (f"GET {_LETTERHEAD}",), LETTERHEAD),
    Answer("letterhead written", (f"PUT {_LETTERHEAD}",), {path: LETTERHEAD[path] for path in ("unit", "version")}),
)
