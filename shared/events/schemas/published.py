"""The schemas as they were published, held against those of today."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.events.compatibility import breaches

FOLDER = "shared/events/schemas"


def read_schemas(root: Path) -> dict[str, Any]:
    """The committed schemas by their path in the repository."""
    paths = sorted((root / FOLDER).glob("*.schema.json"))
    return {f"{FOLDER}/{path.name}": json.loads(path.read_text(encoding="utf-8")) for path in paths}


def broken(published: Mapping[str, Any], files: Mapping[str, str]) -> list[str]:
    """What would break readers, as sentences. A published type that is gone breaks those who read it."""
    sentences = []
    for path, schema in published.items():
        if path not in files:
            sentences.append(f"{path}: the event is gone, but it is in the log for ever")
            continue
        sentences += [f"{path}: {breach}" for breach in breaches(schema, json.loads(files[path]))]
    return sentences
