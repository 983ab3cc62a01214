"""What is asked of a database, as the driver tells it: proves bounds by counting, on any engine."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog
from pymongo import monitoring


@dataclass
class Command:
    """`body` is the command as it was sent; `returned` the number of documents in the first answer, -1 for none yet;
    `loop` which loop of the service asks, None for a request."""

    name: str
    collection: str
    body: dict[str, Any]
    returned: int = -1
    loop: str | None = None


@dataclass
class Commands(monitoring.CommandListener):
    """Give it to `connect(listeners=[...])`."""

    sent: list[Command] = field(default_factory=list)
    _open: dict[int, Command] = field(default_factory=dict)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        collection = event.command.get(event.command_name)
        if isinstance(collection, str):
            loop = structlog.contextvars.get_contextvars().get("loop")
            command = Command(event.command_name, collection, dict(event.command), loop=loop)
            self.sent.append(command)
            self._open[event.request_id] = command

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        command = self._open.pop(event.request_id, None)
        if command is not None:
            command.returned = len(event.reply.get("cursor", {}).get("firstBatch", ()))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._open.pop(event.request_id, None)

    def of(self, collection: str) -> list[Command]:
        return [command for command in self.sent if command.collection == collection]

    def counted(self, collection: str) -> Counter[str]:
        """How many of each command."""
        return Counter(command.name for command in self.of(collection))
