"""What the first start does beside starting: the reference data and the first play of the main job, which it notes."""

import asyncio
import os
import sys
from enum import StrEnum
from pathlib import Path

import httpx

from pattana.embedded.home import Home, Run
from pattana.errors import Explained
from pattana.files import write_whole
from shared.rights import Role
from shared.signing import issue_token, load_key

_LEASH = Path(__file__).with_name("leash.py")
_IMPORT_SECONDS = 120.0


class ImportRefused(Explained):
    """The reference data did not go in."""


class Play(StrEnum):
    """How far the first play is; `first-play` in the data folder."""

    AWAITED = "awaited"
    RUNNING = "running"
    AS_EXPECTED = "as expected"
    DIFFERS = "differs"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def ended(self) -> bool:
        return self in (Play.AS_EXPECTED, Play.DIFFERS, Play.SKIPPED)


def read_play(home: Home) -> Play:
    try:
        return Play((home.root / "first-play").read_text().strip())
    except (FileNotFoundError, ValueError):
        return Play.AWAITED


def note_play(home: Home, play: Play) -> None:
    write_whole(home.root / "first-play", f"{play}\n")


async def import_reference_data(home: Home, run: Run) -> None:
    """Provinces, units and posts, by the service's own command; what is there already is left as it is."""
    token = issue_token(load_key(home.keys), [Role.OPERATOR])
    async with httpx.AsyncClient(base_url=run.url, timeout=_IMPORT_SECONDS) as client:
        answer = await client.post(
            "/api/enrolment/imports/reference", headers={"authorization": f"Bearer {token}", "accept-language": "en"}
        )
    if answer.is_error:
        raise ImportRefused(f"the reference data did not go in: {answer.status_code} {answer.text[:300]}")


async def play_first(home: Home) -> Play:
    """Plays scenario A by the command that people have, so that they see what it prints. A play that a kill cut off
    is played again: it is noted as ended only when it has ended."""
    note_play(home, Play.RUNNING)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_LEASH), str(os.getpid())),
        *(sys.executable, "-m", "pattana.cli", "demo", "A"),
        stdin=asyncio.subprocess.DEVNULL,
        env=dict(os.environ) | {"PATTANA_HOME": str(home.root)},
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    play = {0: Play.AS_EXPECTED, 1: Play.DIFFERS}.get(code, Play.FAILED)
    note_play(home, play)
    return play
