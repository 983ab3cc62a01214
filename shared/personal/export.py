"""One export: head, kinds with their items, what is not in it. Read page by page and written as it is read, so that it
may be as long as it likes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from shared.personal.kinds import Absent, Item, Kind, Words
from shared.rights import Permission, Principal, Scope

LAW: Final = Words(
    "พระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล พ.ศ. 2562 มาตรา 30 และมาตรา 31",
    "Personal Data Protection Act B.E. 2562 (2019), sections 30 and 31",
)
Known = Callable[[str], Awaitable[str | None]]  # the title of a run


def reach(principal: Principal) -> Scope:
    """Whose data may be handed out: one's own, and by who may erase them those of everybody. An office that may read a
    person is not the person."""
    own = principal.subject if principal.can(Permission.PERSON_EXPORT) else None
    return Scope(all=principal.scope(Permission.PERSON_ERASE).all, person=own, names=True)


async def untitled(run: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Export:
    """What a service tells of a person. `elsewhere` are the addresses of what the other services tell."""

    service: str
    person: str
    made_at: datetime
    language: str
    kinds: Sequence[Kind]
    absent: Sequence[Absent]
    elsewhere: Sequence[str]
    title_of: Known = untitled

    def head(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "service": self.service,
            "madeAt": self.made_at.isoformat(timespec="seconds"),
            "law": LAW.in_(self.language),
            "elsewhere": list(self.elsewhere),
            "absent": [{"what": one.what.in_(self.language), "why": one.why.in_(self.language)} for one in self.absent],
        }

    def describe(self, kind: Kind) -> dict[str, str]:
        words = {"title": kind.title, "purpose": kind.purpose, "kept": kind.kept, "source": kind.source}
        return {"kind": kind.key, **{name: text.in_(self.language) for name, text in words.items()}}

    async def pages(self, kind: Kind) -> AsyncIterator[list[Item]]:
        """With the title of each run beside its id."""
        titles: dict[str, str | None] = {}
        after: str | None = ""
        while after is not None:
            items, after = await kind.read(self.person, after)
            for run in {str(item["run"]) for item in items if "run" in item} - titles.keys():
                titles[run] = await self.title_of(run)
            yield [_titled(item, titles) for item in items]

    async def json(self) -> AsyncIterator[bytes]:
        """One object. Where it breaks off it is none, so nobody takes a part for the whole."""
        yield orjson.dumps(self.head())[:-1] + b',"kinds":['
        for number, kind in enumerate(self.kinds):
            yield (b"," if number else b"") + orjson.dumps(self.describe(kind))[:-1] + b',"records":['
            first = True
            async for page in self.pages(kind):
                if page:
                    yield (b"" if first else b",") + orjson.dumps(page)[1:-1]
                    first = False
            yield b"]}"
        yield b"]}"


def _titled(item: Item, titles: dict[str, str | None]) -> Item:
    title = titles.get(str(item.get("run")))
    return item if title is None else {"run": item["run"], "runTitle": title, **item}
