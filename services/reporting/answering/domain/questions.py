"""What every question comes with, and which runs it is about. Pure."""

from dataclasses import dataclass
from typing import Final

from services.reporting.answering.domain.visibility import Visibility
from shared.position_tokens import Reached

NOTHING: Final = Reached()


@dataclass(frozen=True, slots=True)
class Question:
    """Whoever asks (`caller`) has seen the events at `after`, and the answer must know them too."""

    visibility: Visibility
    after: Reached = NOTHING
    caller: str = ""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; None does not narrow."""

    fiscal_year: int | None = None
    programme: str | None = None
    run: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing narrows it: then it is about everything that ever was."""
        return self.fiscal_year is None and self.programme is None and self.run is None
