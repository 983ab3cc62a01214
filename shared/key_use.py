"""How many sealed contacts stand under which key: a key that any of them needs must not be taken away."""

from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import TypedDict

from shared.mongo import Collection, translated_calls
from shared.sealing import KeyRing

MOST_COUNTED: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class KeyUse:
    """`counts` of the keys of the ring, the newest first; `others`: under keys that the ring has not."""

    counts: dict[str, int]
    others: int


class KeyCount(TypedDict):
    key: str
    contacts: int


class KeyUseAnswer(TypedDict):
    """The newest key first. `others`: under keys that are not configured here, so nobody can be written to."""

    keys: list[KeyCount]
    others: int


async def key_use(contacts: Collection, ring: KeyRing) -> KeyUse:
    """By the field `key_id`, which erased ones have not."""

    async def count(condition: Any) -> int:
        found: int = await contacts.count_documents({"key_id": condition}, limit=MOST_COUNTED)
        return found

    with translated_calls():
        counts = {key: await count(key) for key in ring.ids}
        every = await count({"$gt": ""})
    return KeyUse(counts, max(every - sum(counts.values()), 0))


def key_use_response(use: KeyUse) -> dict[str, Any]:
    return {"keys": [{"key": key, "contacts": count} for key, count in use.counts.items()], "others": use.others}
