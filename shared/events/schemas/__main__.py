"""`python -m shared.events.schemas [--check]`: writes the contract, or checks what is written."""

import sys
from collections.abc import Mapping
from pathlib import Path

from shared.events.schemas.documents import contract
from shared.events.schemas.published import broken, read_schemas

ROOT = Path(__file__).parents[3]
MEND = "run `make schemas` and commit what it writes"
NEW_MAJOR = "a change that breaks readers needs a new type with the next major version (…v2) beside this one"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Exit code 0: true or written; 1: not, with the command that mends it. Nothing is written that breaks readers."""
    files = contract()
    breaches = broken(read_schemas(root), files)
    if breaches:
        print(*breaches, NEW_MAJOR, sep="\n", file=sys.stderr)
        return 1
    if "--check" not in arguments:
        for path, text in files.items():
            (root / path).write_text(text, encoding="utf-8")
        return 0
    stale = outdated(root, files)
    if stale:
        print(*stale, MEND, sep="\n", file=sys.stderr)
    return 1 if stale else 0


def outdated(root: Path, files: Mapping[str, str]) -> list[str]:
    """The files that are missing, differ from what they should be, or belong to no event."""
    sentences = []
    for path, text in files.items():
        place = root / path
        if not place.exists():
            sentences.append(f"{path} is missing")
        elif place.read_text(encoding="utf-8") != text:
            sentences.append(f"{path} is not up to date")
    folder = root / "shared" / "events" / "schemas"
    extra = [f"shared/events/schemas/{path.name}" for path in sorted(folder.glob("*.json"))]
    return sentences + [f"{path} belongs to no event" for path in extra if path not in files]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
