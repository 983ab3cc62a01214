"""The JSON of letterheads. Pure."""

from typing import Any

from typing_extensions import TypedDict

from services.enrolment.paper.domain.letterheads import Letterhead


class LetterheadAnswer(TypedDict):
    """What a unit's papers begin and end with; null or empty is left blank on them. `signer` is a person by id."""

    unit: str
    numberPrefix: str | None
    office: list[str]
    addressedAs: str | None
    orderOf: str | None
    authority: str | None
    signer: str | None
    signerTitles: list[str]
    contact: list[str]
    version: int


class LetterheadWritten(TypedDict):
    """The texts are read, not repeated: what was answered to a command is kept for a while."""

    unit: str
    version: int


def letterhead_response(one: Letterhead) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "numberPrefix": one.number_prefix,
        "office": list(one.office),
        "addressedAs": one.addressed_as,
        "orderOf": one.order_of,
        "authority": one.authority,
        "signer": one.signer,
        "signerTitles": list(one.signer_titles),
        "contact": list(one.contact),
        "version": one.version,
    }


def written_response(one: Letterhead) -> dict[str, Any]:
    return {"unit": one.unit, "version": one.version}
