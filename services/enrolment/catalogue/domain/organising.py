"""Who organises a programme. Pure."""

from services.enrolment.catalogue.domain.closing_refusals import NotTheOrganiser
from services.enrolment.catalogue.domain.description import Description
from shared.rights import Principal, Scope


def require_organiser(description: Description, caller: Principal) -> None:
    """Raises NotTheOrganiser."""
    require_organised_in(description.organiser, Scope(unit=caller.unit))


def is_organised_in(organiser: str | None, scope: Scope) -> bool:
    """As for approvals: in that unit or above it. Where that is not known, by any of those who may."""
    return organiser is None or scope.covers_unit(organiser)


def require_organised_in(organiser: str | None, scope: Scope) -> None:
    """Only where it is organised. Raises NotTheOrganiser."""
    if organiser is not None and not is_organised_in(organiser, scope):
        raise NotTheOrganiser(unit=organiser)
