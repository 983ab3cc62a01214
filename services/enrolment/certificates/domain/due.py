"""Who is due a certificate by the rule of a programme, and what others still lack. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from services.enrolment.catalogue import CertificateRule

ATTENDANCE: Final = "ATTENDANCE"
ERASED: Final = "ERASED"


class Share(Protocol):
    """What a person was there of what was held."""

    @property
    def minutes_present(self) -> int: ...

    @property
    def minutes_held(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Findings:
    """What other features say of some people: shares of who was there, and who has answered each form."""

    shares: Mapping[str, Share]
    answered: Mapping[str, Collection[str]]


def lacks(rule: CertificateRule, person: str, found: Findings) -> str | None:
    """The first thing that is missing: ATTENDANCE, or a form. None: a certificate is due."""
    if rule.attendance_pct and not enough(found.shares.get(person), rule.attendance_pct):
        return ATTENDANCE
    return next((form for form in rule.forms if person not in found.answered.get(form, ())), None)


def enough(share: Share | None, percentage: int) -> bool:
    """In whole numbers: 80 per cent of 90 minutes are 72, not a second less. Of nothing there is no share."""
    if share is None or share.minutes_held <= 0:
        return False
    return share.minutes_present * 100 >= percentage * share.minutes_held
