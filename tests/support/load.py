"""Clients that never give up: they repeat a request under its key until it is answered, and note every answer."""

import asyncio
import itertools
import uuid
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pattana.audit.journal import POSITION_HEADER, Journal
from shared.waiting import first_of
from tests.support.waiting import until_done

PATIENCE_SECONDS = 150.0  # more than the life of a transaction that a killed service left open
AGAIN_SECONDS = 0.1


@dataclass
class Load:
    """Nominates `people` for `run` through `clients` in turn until told to stop: every fifth is withdrawn at once, the
    others when their turn comes round again. So a few people are enough for ever. `pause` is between two commands of
    one worker: the crowd fits the engines, which have to deal with all of it in the end."""

    clients: Sequence[httpx.AsyncClient]
    run: str
    people: Sequence[str]
    journal_path: Path
    workers: int = 16
    pause: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    retries: int = 0

    def __post_init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = itertools.count()
        self._nominated = itertools.count()
        self._free = deque((person, "") for person in self.people)  # with the live nomination

    async def __aenter__(self) -> "Load":
        """May be entered again: it goes on where it was."""
        self._stop = asyncio.Event()
        self._journal = Journal(self.journal_path)
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.workers)]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Lets every request under way get its answer."""
        self._stop.set()
        try:
            await asyncio.gather(*self._tasks)
        finally:
            self._journal.close()

    @property
    def accepted(self) -> int:
        """How many commands were answered with 2xx."""
        return sum(count for status, count in self.answers.items() if status < 300)

    async def more(self, count: int) -> None:
        """Waits until so many more commands have been accepted from now on."""
        wanted = self.accepted + count
        await until_done(
            lambda: max(0, wanted - self.accepted), PATIENCE_SECONDS, what=f"{count} more commands are accepted"
        )

    async def _work(self) -> None:
        while not self._stop.is_set():
            person, nomination = self._free.popleft()
            if nomination:
                nomination = await self._withdraw(nomination)
            else:
                nomination = await self._nominate(person)
                if nomination and next(self._nominated) % 5 == 0:
                    nomination = await self._withdraw(nomination)
            self._free.append((person, nomination))
            await first_of(self.pause, self._stop)

    async def _nominate(self, person: str) -> str:
        answer = await self.ask(self._path, {"person": person, "rank": "PRIMARY"})
        return str(answer.json()["id"]) if answer.is_success else ""

    async def _withdraw(self, nomination: str) -> str:
        await self.ask(f"{self._path}/{nomination}/withdraw", {"reason": "ติดราชการ"})
        return ""

    @property
    def _path(self) -> str:
        return f"/api/enrolment/runs/{self.run}/nominations"

    async def ask(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """The final answer; anything but 2xx is a surprise, for nothing here is to be refused."""
        key = uuid.uuid4().hex
        answer = await self._until_answered(path, body, key)
        self.answers[answer.status_code] += 1
        if answer.is_success:
            position = answer.headers.get(POSITION_HEADER)
            self._journal.write("POST", path, answer.status_code, position, key, answer.json()["id"])
        else:
            self.surprises.append(f"{answer.status_code} {path} {answer.text[:200]}")
        return answer

    async def _until_answered(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        ends = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            client = self.clients[next(self._turn) % len(self.clients)]
            try:
                answer = await client.post(path, json=body, headers={"idempotency-key": key})
                if answer.status_code < 500:
                    return answer
                problem = answer.text[:200]
            except httpx.TransportError as error:
                problem = type(error).__name__
            self.retries += 1
            if asyncio.get_running_loop().time() > ends:
                raise AssertionError(f"no answer within {PATIENCE_SECONDS} s: {path}: {problem}")
            await asyncio.sleep(AGAIN_SECONDS)
