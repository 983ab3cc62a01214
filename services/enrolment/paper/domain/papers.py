"""A paper that is to be made, whose it is, and who stands on it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.enrolment.directory import Unit
from services.enrolment.paper.domain.blocks import Block, column, table
from services.enrolment.paper.domain.letterheads import Letterhead
from services.enrolment.paper.domain.wording import number, thai
from shared.events.seats import NominationState, Rank
from shared.thai import sort_key

MOST_NAMES: Final = 2_000
ERASED: Final = "(ลบชื่อตามคำขอ)"
# What is said beside a name. Who has a seat, waits for one or for approval is on the list like any other: whoever sends
# it has chosen them all.
STANDINGS: Final[Mapping[NominationState, str]] = {NominationState.OFFERED: "รอตอบรับที่นั่ง"}
_RESERVE: Final = "สำรอง"
_PROVINCE: Final = "จังหวัด"


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever asks for a paper says of it. None is left blank."""

    number: str | None = None
    on: date | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A unit as letters know it. `signer` is a name; None is left blank."""

    unit: Unit
    letterhead: Letterhead
    signer: str | None = None

    @property
    def name(self) -> str:
        """Who speaks: an office in a province speaks for the province."""
        unit = self.unit
        return f"{_PROVINCE}{unit.province_th}" if unit.province_th else thai(unit.name_th)

    @property
    def addressed_as(self) -> str:
        if self.letterhead.addressed_as is not None:
            return thai(self.letterhead.addressed_as)
        return f"ผู้ว่าราชการ{self.name}" if self.unit.province_th else f"ผู้อำนวยการ{self.name}"

    @property
    def central(self) -> bool:
        return self.unit.province is None


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on a paper. `name` None: it was erased. `sorted_by`: the name without what stands before it."""

    name: str | None
    position: str
    unit: str
    unit_key: str
    rank: Rank = Rank.PRIMARY
    note: str = ""
    sorted_by: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    author: str
    blocks: tuple[Block, ...]

    def data(self) -> dict[str, Any]:
        return {"title": self.title, "author": self.author, "blocks": list(self.blocks)}


def full_unit(key: str, units: Mapping[str, Unit]) -> str:
    """A group with the office that it is of, once: the name of many a group says it already. A unit that is no longer
    known by its key."""
    unit = units.get(key)
    if unit is None:
        return key
    above = units.get(unit.parent or "") if "." in key else None
    if above is None or unit.name_th.endswith(above.name_th):
        return thai(unit.name_th)
    return thai(f"{unit.name_th} {above.name_th}")


def in_order(people: Sequence[Named]) -> list[Named]:
    """Office by office, and in each by name."""
    return sorted(people, key=lambda one: (one.unit_key, one.name is None, sort_key(one.sorted_by)))


def _note(one: Named) -> str:
    return " ".join(part for part in (_RESERVE if one.rank is Rank.RESERVE else "", one.note) if part)


def names(people: Sequence[Named]) -> Block:
    columns = (
        column("ลำดับ", 11, align="center"),
        column("ชื่อ - นามสกุล", 47, name=True),
        column("ตำแหน่ง", 38),
        column("สังกัด", 44),
        column("หมายเหตุ", 20, align="center"),
    )
    rows = [
        (number(at), one.name or ERASED, thai(one.position), one.unit, _note(one)) for at, one in enumerate(people, 1)
    ]
    return table(columns, rows)
