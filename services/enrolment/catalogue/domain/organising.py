"""Who organises a programme. Pure."""

from services.enrolment.catalogue.domain.closing_refusals import NotTheOrganiser
from services.enrolment.catalogue.domain.description import Description
from shared.rights import Principal, Scope


def require_organiser(description: Description, caller: Principal) -> None:
    """Only where it is organised, as for approvals: in that unit or above it. Where that is not known, by any of those
    who may. Raises NotTheOrganiser."""
    unit = description.organiser
    if unit is not None and not Scope(unit=caller.unit).covers_unit(unit):
        raise NotTheOrganiser(unit=unit)
