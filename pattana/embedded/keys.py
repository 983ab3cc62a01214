"""Secrets of the embedded edition: made on the first start, each in a file that its owner alone may read."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from pattana.files import write_closed
from shared.fresh_keys import new_key_ring

# The rings that seal contacts and sign positions and badges, the key of the hash that stands for a citizen id, what
# opens the kept mail, and what opens broker and database.
SECRETS: Mapping[str, Callable[[], str]] = {
    "PATTANA_CONTACT_KEYS": lambda: new_key_ring("k1"),
    "PATTANA_POSITION_KEYS": lambda: new_key_ring("p1"),
    "PATTANA_BADGE_KEYS": lambda: new_key_ring("b1"),
    "PATTANA_CITIZEN_KEY": lambda: secrets.token_hex(32),
    "PATTANA_MAIL_TOKEN": lambda: secrets.token_urlsafe(32),
    "PATTANA_KAFKA_PASSWORD": lambda: secrets.token_urlsafe(32),
    "PATTANA_DATABASE_PASSWORD": lambda: secrets.token_urlsafe(32),
}


def secret_files(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """`PATTANA_X_FILE` for every secret that the environment does not name already."""
    told = {}
    for variable, make in SECRETS.items():
        if variable in given or f"{variable}_FILE" in given:
            continue
        path = folder / variable.removeprefix("PATTANA_").lower()
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_closed(path, make())
        told[f"{variable}_FILE"] = str(path)
    return told


def secret(folder: Path, given: Mapping[str, str], variable: str) -> str:
    """One of them itself."""
    if variable in given:
        return given[variable]
    file = given.get(f"{variable}_FILE") or secret_files(folder, given)[f"{variable}_FILE"]
    return Path(file).read_text(encoding="utf-8").removesuffix("\n")
