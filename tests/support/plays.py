"""Plays as tests write them, and how they are performed on an edition of the tests."""

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

from pattana.client import Client
from pattana.demo.command import play
from pattana.demo.cut import Wish, cut_of
from pattana.demo.play import Played
from pattana.demo.script import BUNDLED, Script, of_text

Raw = dict[str, Any]
AS_FAR = Wish(as_far_as_possible=True)


def bundled(name: str) -> Raw:
    """A copy to change."""
    raw: Raw = json.loads((BUNDLED / f"{name}.json").read_text(encoding="utf-8"))
    return copy.deepcopy(raw)


def script_of(raw: Raw) -> Script:
    script = of_text(json.dumps(raw), "test")
    assert isinstance(script, Script)
    return script


def perform(raw: Raw, client: Client, diaries: Path, wish: Wish = AS_FAR) -> Played:
    """As the command does it; it blocks."""
    script = script_of(raw)
    return play(script, cut_of(script, wish, lenient=wish.leaves_out), client, diaries)


async def performed(raw: Raw, client: Client, diaries: Path, wish: Wish = AS_FAR) -> Played:
    return await asyncio.to_thread(perform, raw, client, diaries, wish)


def differing(played: Played) -> list[tuple[str, Any, Any, str]]:
    return [(line.name, line.expected, line.actual, line.after) for line in played.lines if line.differs]
