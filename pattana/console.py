"""Where commands print their tables."""

from typing import Any

from rich.console import Console


def wide(**options: Any) -> Console:
    """With the options of rich's Console. Lines are not cut when the output is no terminal."""
    console = Console(**options)
    return console if console.is_terminal else Console(**options, width=300)
