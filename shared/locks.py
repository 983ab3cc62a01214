"""A lock for each of any number of names, in this process: for commands of which two at once would both be right, and
one would be done again. Other processes are kept apart by the database."""

import asyncio
from weakref import WeakValueDictionary


class Locks:
    """A lock that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """To be held while the command is carried out."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock
