"""What a unit's letters begin and end with. Nothing of it is invented: what is not given is left blank. Pure."""

from dataclasses import dataclass

MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`number_prefix` is what all numbers of the unit begin with, as มท 0202. `office`: whose letter it is, and its
    address. `addressed_as`: whom a letter to this unit is addressed to. `order_of`: whose orders it issues, and
    `authority` by which power. `signer` is a person by id, so that no name is kept here; `signer_titles`: the post, and
    on whose behalf. `contact`: who answers questions. `version` counts its changes."""

    unit: str
    number_prefix: str | None = None
    office: tuple[str, ...] = ()
    addressed_as: str | None = None
    order_of: str | None = None
    authority: str | None = None
    signer: str | None = None
    signer_titles: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    version: int = 0
