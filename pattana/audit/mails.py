"""Compares the mails in the embedded edition's mail sink with the ledger of each message."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from pattana.audit.outboxes import Advance
from pattana.audit.verdict import Check
from pattana.embedded.kept_mails import message_of
from shared.mongo import Database, majority, translated_calls

AT_ONCE = 500


async def check_mails(folder: Path, notification: Database, check: Check, advance: Advance) -> None:
    """No message arrived twice, except those that a crash cut off."""
    mails = await asyncio.to_thread(counted, folder)
    advance(mails.total())
    check.count("mails", mails.total())
    twice = {key: times for key, times in mails.items() if times > 1}
    check.all_broken(sent_twice(twice, await _uncertain(notification, list(twice))))


def counted(folder: Path) -> Counter[str]:
    """Mails per message."""
    return Counter(message_of(path) for path in folder.glob("*.eml"))


def sent_twice(mails: Mapping[str, int], uncertain: set[str]) -> Iterator[str]:
    """Pure. `uncertain` are messages whose ledger says that they may arrive again."""
    for key, times in mails.items():
        if times > 1 and key not in uncertain:
            yield f"the mail of message {key} was sent {times} times, its ledger knows of no uncertain attempt"


async def _uncertain(notification: Database, keys: list[str]) -> set[str]:
    uncertain: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        query = {"_id": {"$in": keys[start : start + AT_ONCE]}, "attempts.uncertain": True}
        with translated_calls():
            uncertain.update(
                [row["_id"] async for row in majority(notification["messages"]).find(query, {"_id": True})]
            )
    return uncertain
