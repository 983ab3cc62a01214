"""The process that makes documents: `python -m shared.documents.child`. It is asked by lines of JSON and answers each
with a line, and behind it as many bytes as the line says. It ends when nobody can ask any more.
"""

import sys
from datetime import datetime
from typing import Any, BinaryIO

import orjson

from shared.documents import PAPER, PAPER_AS_DOCX
from shared.documents.papers import printable
from shared.documents.setting import CannotBeSet, pdf
from shared.documents.word import docx_of


def main() -> None:
    for line in sys.stdin.buffer:
        _answer(orjson.loads(line), sys.stdout.buffer)


def _answer(asked: dict[str, Any], out: BinaryIO) -> None:
    try:
        made = _made(asked["template"], asked["data"], datetime.fromisoformat(asked["madeAt"]))
        said: dict[str, Any] = {"bytes": len(made)}
    except CannotBeSet as error:
        made, said = b"", {"lacking": error.signs}
    except Exception as error:  # whoever asked is to hear it, and the next one is not to wait for a new process
        made, said = b"", {"error": f"{type(error).__name__}: {error}"[:500]}
    out.write(orjson.dumps(said) + b"\n" + made)
    out.flush()


def _made(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    if template == PAPER_AS_DOCX:
        return docx_of(data, made_at)
    return pdf(template, printable(data) if template == PAPER else data, made_at)


if __name__ == "__main__":
    main()
