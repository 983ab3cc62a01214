"""What the first start does beside starting: the reference data and the first play of the main job, which it notes."""

import asyncio
import os
import sys
from http import HTTPStatus

from pattana.embedded.asking import ask
from pattana.embedded.first_play import Play, note_play
from pattana.embedded.home import Home, Run
from pattana.embedded.leash import leashed
from pattana.errors import Explained
from shared.rights import Role
from shared.signing import issue_token, load_key

_IMPORT_SECONDS = 120.0


class ImportRefused(Explained):
    """The reference data did not go in."""


async def import_reference_data(home: Home, run: Run) -> None:
    """Provinces, units and posts, by the service's own command; what is there already is left as it is."""
    token = issue_token(load_key(home.keys), [Role.OPERATOR])
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    url = f"{run.url}/api/enrolment/imports/reference"
    status, body = await asyncio.to_thread(ask, url, "POST", headers, seconds=_IMPORT_SECONDS)
    if status != HTTPStatus.OK:
        raise ImportRefused(f"the reference data did not go in: {status} {body.decode(errors='replace')[:300]}")


async def play_first(home: Home) -> Play:
    """Play A by the command that people have, so that they see what it prints, as far as this release can play it. A
    play that a kill cut off goes on: it is noted as ended only when it has ended."""
    note_play(home, Play.RUNNING)
    process = await asyncio.create_subprocess_exec(
        *leashed(sys.executable, "-m", "pattana.cli", "demo", "A"),
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
