"""Documents in Thai as PDF: made from a template and data in processes of their own, never on an event loop. Knows no
service and no business rule. The same template and data make the same bytes."""

from typing import Final

PAPER: Final = "paper"  # the template of papers.py
PAPER_AS_DOCX: Final = "paper.docx"
