"""How far the first play of a data folder is. Plays nothing."""

from enum import StrEnum

from pattana.embedded.home import Home
from pattana.files import write_whole


class Play(StrEnum):
    """How far the first play is; `first-play` in the data folder."""

    AWAITED = "awaited"
    RUNNING = "running"
    AS_EXPECTED = "as expected"
    DIFFERS = "differs"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def ended(self) -> bool:
        return self in (Play.AS_EXPECTED, Play.DIFFERS, Play.SKIPPED)


def read_play(home: Home) -> Play:
    try:
        return Play((home.root / "first-play").read_text().strip())
    except (FileNotFoundError, ValueError):
        return Play.AWAITED


def note_play(home: Home, play: Play) -> None:
    write_whole(home.root / "first-play", f"{play}\n")
