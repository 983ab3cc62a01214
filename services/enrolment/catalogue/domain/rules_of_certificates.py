"""The rule by which a programme gives certificates. Pure."""

from dataclasses import dataclass

from shared.events.evaluation import FormKind


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """`attendance_pct`: of the minutes that were held, at least; 0: whoever has a seat. `forms` are to be answered."""

    attendance_pct: int = 0
    forms: tuple[FormKind, ...] = ()
