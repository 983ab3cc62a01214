"""The name of the embedded edition's own issuer. Apart, because who only signs or checks needs nothing else."""

from typing import Final

EMBEDDED_ISSUER: Final = "pattana-embedded"
