"""Files that are there whole or not at all, whenever the process is killed."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """A reader sees the old file or the new one, never half of it."""
    half = path.with_name(f".{path.name}.half")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
