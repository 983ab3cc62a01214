"""Secrets of the embedded edition: made on the first start, each in a file that its owner alone may read."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from shared.fresh_keys import new_key_ring

# The ring that seals contacts, the ring that signs positions, the key of the hash that stands for a citizen id, and
# what opens the kept mail.
SECRETS: Mapping[str, Callable[[], str]] = {
    "PATTANA_CONTACT_KEYS": lambda: new_key_ring("k1"),
    "PATTANA_POSITION_KEYS": lambda: new_key_ring("p1"),
    "PATTANA_CITIZEN_KEY": lambda: secrets.token_hex(32),
    "PATTANA_MAIL_TOKEN": lambda: secrets.token_urlsafe(32),
}


def secret_files(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """`PATTANA_X_FILE` for every secret that the environment does not name already."""
    told = {}
    for variable, make in SECRETS.items():
        if variable in given or f"{variable}_FILE" in given:
            continue
        path = folder / variable.removeprefix("PATTANA_").lower()
        if not path.exists():
            _write(path, make())
        told[f"{variable}_FILE"] = str(path)
    return told


def secret(folder: Path, given: Mapping[str, str], variable: str) -> str:
    """One of them itself."""
    if variable in given:
        return given[variable]
    file = given.get(f"{variable}_FILE") or secret_files(folder, given)[f"{variable}_FILE"]
    return Path(file).read_text(encoding="utf-8").removesuffix("\n")


def _write(path: Path, value: str) -> None:
    """Whole or absent, whatever happens meanwhile: a lost key cannot be made again."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
