"""Clients that never give up: they repeat a request under its key until it is answered, and note every answer."""

import asyncio
import itertools
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pattana.audit.journal import POSITION_HEADER, Journal
from tests.support.waiting import until

PATIENCE_SECONDS = 90.0
AGAIN_SECONDS = 0.1


@dataclass
class Load:
    """Nominates `people` for `run` through `clients` in turn, and withdraws every fifth again, until told to stop."""

    clients: Sequence[httpx.AsyncClient]
    run: str
    people: Iterator[str]
    journal_path: Path
    workers: int = 16
    answers: Counter[int] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    retries: int = 0

    def __post_init__(self) -> None:
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = itertools.count()

    async def __aenter__(self) -> "Load":
        self._journal = Journal(self.journal_path)
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.workers)]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Lets every request under way get its answer."""
        self._stop.set()
        await asyncio.gather(*self._tasks)
        self._journal.close()

    @property
    def accepted(self) -> int:
        """How many commands were answered with 2xx."""
        return sum(count for status, count in self.answers.items() if status < 300)

    async def more(self, count: int, seconds: float = 90) -> None:
        """Waits until so many more commands have been accepted from now on."""
        wanted = self.accepted + count
        await until(lambda: self.accepted >= wanted, seconds, what=f"{count} more commands are accepted")

    async def _work(self) -> None:
        while not self._stop.is_set():
            person = next(self.people, None)
            if person is None:
                return
            path = f"/api/enrolment/runs/{self.run}/nominations"
            answer = await self.ask(path, {"person": person, "rank": "PRIMARY"})
            if answer.status_code == 201 and next(self._turn) % 5 == 0:
                nomination = answer.json()["id"]
                await self.ask(f"{path}/{nomination}/withdraw", {"reason": "ติดราชการ"})

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
