"""What runs, programmes and places are called in responses; nulls for what has not arrived yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.reporting.answering import By, Deadlines, Descriptions
from services.reporting.http.answers import FiscalYearBy
from services.reporting.projecting import Programme, Rollup, Run
from shared.rights import PROVINCIAL_POOL
from shared.thai import fiscal_year

Body = dict[str, Any]
# The pool of their seats is no unit of the directory.
ALL_OFFICES: Final[Mapping[str, str | None]] = {
    "nameTh": "สำนักงานจังหวัดทุกจังหวัด",
    "nameEn": "All provincial offices",
    "province": None,
}


def run_heading(run: Run | None, rollup: Rollup | None = None) -> Body:
    """What a run is called; from its seats alone as long as its description has not arrived."""
    known = run or rollup
    return {
        "programme": known.programme if known else None,
        "code": run.code if run else None,
        "title": run.title if run else None,
        "fiscalYear": known.fiscal_year if known else None,
        "fiscalYearBy": FiscalYearBy.PROGRAMME.value,
        "startFiscalYear": fiscal_year(known.starts_at) if known and known.starts_at else None,
        "cohort": run.cohort if run else None,
        "state": run.state if run else None,
        "startsAt": iso(known.starts_at if known else None),
        "endsAt": iso(run.ends_at if run else None),
    }


def deadlines_heading(deadlines: Deadlines | None) -> Body:
    """Nulls for a run that is not described yet or does not take place."""
    filed = deadlines.report_filed_at if deadlines else None
    return {
        "reminder5WorkingDaysBefore": deadlines.reminder.isoformat() if deadlines else None,
        "reportDue": deadlines.report_due.isoformat() if deadlines else None,
        "reportDueFiscalYear": deadlines.report_due_fiscal_year if deadlines else None,
        "reportFiledAt": iso(filed),
        "reportOverdue": deadlines.report_overdue if deadlines else None,
    }


def programme_heading(programme: Programme | None) -> Body:
    return {
        "code": programme.code if programme else None,
        "title": programme.title if programme else None,
        "fiscalYear": programme.fiscal_year if programme else None,
    }


def heading(by: By, key: str, descriptions: Descriptions) -> Body:
    if by is By.RUN:
        return run_heading(descriptions.runs.get(key))
    if by is By.PROGRAMME:
        return programme_heading(descriptions.programmes.get(key))
    if by is By.UNIT and key == PROVINCIAL_POOL:
        return dict(ALL_OFFICES)
    if by is By.UNIT:
        unit = descriptions.names.unit(key)
        return {
            "nameTh": unit.name_th if unit else None,
            "nameEn": unit.name_en if unit else None,
            "province": unit.province if unit else None,
        }
    return _province_heading(key, descriptions) if by is By.PROVINCE else {}


def _province_heading(province: str, descriptions: Descriptions) -> Body:
    office = descriptions.names.office(province)
    membership = descriptions.names.membership(office) if office else None
    return {
        "nameTh": office.province_th if office else None,
        "nameEn": office.province_en if office else None,
        "group": membership.group if membership else None,
        "region": membership.region if membership else None,
    }


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
