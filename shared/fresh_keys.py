"""Fresh keys as they are written into secrets. Apart from sealing: whoever installs need not load what seals."""

import base64
import os
from typing import Final

KEY_BYTES: Final = 32


def new_key_ring(key_id: str) -> str:
    """A ring of one fresh key, as `KeyRing.parse` reads it: for installers and tests, never a default."""
    return f"{key_id}={base64.b64encode(os.urandom(KEY_BYTES)).decode()}"
