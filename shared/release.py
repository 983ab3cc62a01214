"""Which code a process runs, so that what one release did wrong is not held against the next."""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

DECODERS = ("pydantic", "pydantic-core", "orjson")  # they decide too whether an event can be read
_ROOT = Path(__file__).parent.parent


@lru_cache
def code_version(service: str) -> str:
    """The same for every replica that runs the same sources of `shared` and of this service; 16 hex digits."""
    digest = hashlib.blake2b(digest_size=8)
    for name in DECODERS:
        digest.update(f"{name}={version(name)}\n".encode())
    for folder in (_ROOT / "shared", _ROOT / "services" / service):
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{path.relative_to(_ROOT)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
