"""Warnings about a run that is made or moved, as they are answered. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notice:
    """A warning. `code` has its sentences in responses.py."""

    code: str
    details: dict[str, Any]
