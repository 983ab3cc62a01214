"""The differences between a stored document and its events, as sentences. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any


def differences(what: str, expected: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    """One sentence per field that is not as expected; other fields are ignored."""
    for name, value in expected.items():
        if document.get(name) != value:
            yield f"{what}: {name} is {document.get(name)!r}, its events say {value!r}"
