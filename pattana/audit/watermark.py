"""The ledger of an audit, and the file in which a green one leaves what it has verified for the next."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from pattana.audit.ledger import Ledger
from pattana.audit.places import Place
from pattana.errors import Explained

FORM = "1"


class Watermark:
    """`new_only`: an earlier audit has verified what is in the ledger."""

    def __init__(self, ledger: Ledger, path: Path | None, draft: Path | None, of: str, *, new_only: bool) -> None:
        self.ledger = ledger
        self.new_only = new_only
        self._path = path
        self._draft = draft
        self._of = of

    def write(self, ends: Mapping[Place, int]) -> None:
        """Everything was checked and is right. Replaces the file at once or not at all."""
        if self._path is None or self._draft is None:
            return
        self.ledger.verify(ends, {"form": FORM, "of": self._of})
        self.ledger.save()
        os.replace(self._draft, self._path)


@contextmanager
def watermark(path: Path | None, of: str, *, full: bool = False) -> Iterator[Watermark]:
    """Works on a copy, so that an audit that is not green, or is cut off, leaves the file as it was. `of` names the
    stores. Raises Explained for a file that is another's."""
    if path is None:
        ledger = Ledger()
        try:
            yield Watermark(ledger, None, None, of, new_only=False)
        finally:
            ledger.close()
        return
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        draft = Path(file.name)
    try:
        new_only = not full and path.exists()
        if new_only:
            shutil.copyfile(path, draft)
        ledger = Ledger(draft)
        try:
            _require_same(ledger, path, of, new_only=new_only)
            yield Watermark(ledger, path, draft, of, new_only=new_only)
        finally:
            ledger.close()
    finally:
        for left in path.parent.glob(f"{draft.name}*"):
            left.unlink(missing_ok=True)


def _require_same(ledger: Ledger, path: Path, of: str, *, new_only: bool) -> None:
    if new_only and (ledger.fact("form"), ledger.fact("of")) != (FORM, of):
        raise Explained(f"{path} was written for {ledger.fact('of')}, not {of}: name another file, or give --full")
