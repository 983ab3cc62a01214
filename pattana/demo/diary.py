"""The steps that a play has done, on disk: an interrupted play continues where it stopped.

One file per play, one line per step. A step that was interrupted before its line was written is repeated with the
same Idempotency-Key, which changes nothing.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pattana.demo.script import Script
from shared.ids import new_id

T = TypeVar("T")


class Diary:
    """The steps of one play, each with its outcome."""

    def __init__(self, path: Path, play: str, done: dict[str, Any]) -> None:
        self.play = play
        self._path = path
        self._done = done

    @property
    def begun(self) -> bool:
        """Whether anything was done before this start."""
        return bool(self._done)

    def has(self, step: str) -> bool:
        return step in self._done

    def key(self, step: str) -> str:
        """The Idempotency-Key of a step."""
        return f"play-{self.play}-{step}"

    def once(self, step: str, do: Callable[[], T]) -> T:
        """The outcome of the step: from the file, or by doing it now."""
        if step not in self._done:
            self._write({"step": step, "outcome": do()})
        outcome: T = self._done[step]
        return outcome

    def end(self) -> None:
        self._write({"step": "end", "outcome": True})

    def _write(self, line: dict[str, Any]) -> None:
        """On disk when it returns. The outcome is read back from the written text."""
        text = json.dumps(line, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        self._done[line["step"]] = json.loads(text)["outcome"]


@contextmanager
def open_diary(folder: Path, script: Script, url: str) -> Iterator[Diary]:
    """The unfinished play of this file at this address, unless another process plays it; else a new one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(f"{url}\0{script.digest}".encode()).hexdigest()[:16]
    new = folder / f"{digest}-{new_id()}.jsonl"
    for path in [*sorted(folder.glob(f"{digest}-*.jsonl")), new]:
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            done = {line["step"]: line["outcome"] for line in _lines(path)}
            if "end" not in done:
                yield Diary(path, path.stem.removeprefix(f"{digest}-"), done)
                return


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Whole lines only: the last one may have been cut off."""
    written = path.read_bytes()
    whole = written[: written.rfind(b"\n") + 1]
    if len(whole) < len(written):
        os.truncate(path, len(whole))
    for line in whole.splitlines():
        yield json.loads(line)
