"""Documents are made beside everything else: by processes that are bounded, replaced when they fail, and never left."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psutil
import pytest

from shared.documents import press as module
from shared.documents.press import Press, PressBusy, PressFailed, SignsNotInFonts
from tests.support.waiting import DEADLINE, until
from tests.unit.shared.test_documents import NAMES, certificate, copied

MADE_AT = datetime(2020, 9, 2, 3, 0, tzinfo=UTC)


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.fixture(autouse=True)
async def _no_process_is_left() -> AsyncIterator[None]:
    """One whose start was given up is seen to have ended a moment later."""
    before = children()
    yield
    await until(lambda: children() <= before, what="no process is left")


async def test_many_at_once_by_few_processes() -> None:
    before, press = children(), Press(2, seconds=DEADLINE)
    made = await asyncio.gather(*(press.pdf("certificate", certificate(name), MADE_AT) for name in NAMES))
    assert len(children() - before) == 2
    for name, document in zip(NAMES, made, strict=True):
        assert name.replace(" ", "") in copied(document)
    assert await press.pdf("certificate", certificate(NAMES[0]), MADE_AT) == made[0]
    await press.close()


async def test_a_sign_that_no_font_has_is_refused_and_the_process_goes_on() -> None:
    before, press = children(), Press(1, seconds=DEADLINE)
    with pytest.raises(SignsNotInFonts):
        await press.pdf("certificate", certificate("龍"), MADE_AT)
    (process,) = children() - before
    assert await press.pdf("certificate", certificate(NAMES[0]), MADE_AT)
    assert children() - before == {process}
    await press.close()


async def test_a_process_that_is_killed_is_replaced() -> None:
    before, press = children(), Press(1, seconds=DEADLINE)
    first = await press.pdf("certificate", certificate(NAMES[0]), MADE_AT)
    (process,) = children() - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(PressFailed):
        await press.pdf("certificate", certificate(NAMES[0]), MADE_AT)
    assert await press.pdf("certificate", certificate(NAMES[0]), MADE_AT) == first
    await press.close()


async def test_one_that_takes_too_long_is_ended() -> None:
    press = Press(1, seconds=0.001)
    with pytest.raises(PressBusy):
        await press.pdf("certificate", certificate(NAMES[0]), MADE_AT)


async def test_a_caller_that_goes_away_leaves_no_process() -> None:
    press = Press(1, seconds=DEADLINE)
    task = asyncio.create_task(press.pdf("certificate", certificate(NAMES[0]), MADE_AT))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await press.close()


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    press = Press(1, seconds=DEADLINE)
    first = asyncio.create_task(press.pdf("certificate", certificate(NAMES[0]), MADE_AT))
    await asyncio.sleep(0)
    with pytest.raises(PressBusy):
        await press.pdf("certificate", certificate(NAMES[0]), MADE_AT)
    assert await first
    await press.close()


@pytest.mark.parametrize(("template", "name"), [("nothing", "ก"), ("certificate", "ก" * 1_500_000)])
async def test_a_mistake_of_ours_is_no_refusal(template: str, name: str) -> None:
    press = Press(1, seconds=DEADLINE)
    with pytest.raises(PressFailed):
        await press.pdf(template, certificate(name), MADE_AT)
    await press.close()
