"""The JSON of units, people and import reports. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from services.enrolment.directory.domain.people import POSTS, Person
from services.enrolment.directory.domain.reference import Reference
from services.enrolment.directory.domain.report import Imported, Report, Result
from services.enrolment.directory.domain.rows import Bad
from services.enrolment.directory.domain.units import Unit
from shared.position_tokens import Reached
from shared.problems import Language, problem_body


def unit_response(unit: Unit) -> dict[str, Any]:
    return {
        "key": unit.key,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "nameTh": unit.name_th,
        "nameEn": unit.name_en,
        "abbrTh": unit.abbr_th or None,
        "province": unit.province,
        "provinceTh": unit.province_th,
        "provinceEn": unit.province_en,
        "function": unit.function,
        "memberships": [membership.model_dump(mode="json", by_alias=True) for membership in unit.memberships],
        "email": unit.email,
        "validFrom": unit.valid_from.isoformat() if unit.valid_from else None,
        "validTo": unit.valid_to.isoformat() if unit.valid_to else None,
    }


def person_summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """What lists return; addresses are returned for one person at a time."""
    return {
        "id": row["_id"],
        "unit": row["unit"],
        "level": row.get("level"),
        "post": row.get("post"),
        "position": row.get("position"),
        "prefix": row.get("prefix", ""),
        "firstName": row.get("first_name", ""),
        "lastName": row.get("last_name", ""),
        "erased": row.get("erased", False),
    }


def person_response(person: Person) -> dict[str, Any]:
    known = {**asdict(person), "_id": person.id}
    return {
        **person_summary(known),
        "email": person.email,
        "phone": person.phone,
        "startDate": person.start_date.isoformat() if person.start_date else None,
    }


def report_response(
    report: Report, *, compact: bool, language: Language, token: Callable[[Reached], str]
) -> dict[str, Any]:
    """Counts, problems, and unless `compact` every good row with its id and what there is to wait for."""
    counts = Counter(row.result for row in report.imported)
    response: dict[str, Any] = {
        "rows": report.rows,
        **{result.value.lower(): counts[result] for result in Result},
        "badRows": report.bad_rows,
        "problems": [_bad_row(bad, language) for bad in report.bad],
        "warnings": [_bad_row(warning, language) for warning in report.warnings],
        "ignoredColumns": list(report.ignored),
    }
    if not compact:
        response["people"] = [_imported_row(row, token) for row in report.imported]
    return response


def _bad_row(bad: Bad, language: Language) -> dict[str, Any]:
    body = problem_body(bad.error, language)
    return {"line": bad.line, "column": bad.column, "code": body["code"], "reason": body["detail"]}


def _imported_row(row: Imported, token: Callable[[Reached], str]) -> dict[str, Any]:
    return {
        "line": row.line,
        "id": row.person,
        "result": row.result.value,
        "position": None if row.contact is None else token(Reached((row.contact,))),
    }


def reference_response(reference: Reference) -> dict[str, Any]:
    """Areas, levels and posts, which rarely change."""
    return {
        "regions": [_camel(asdict(region)) for region in reference.regions.values()],
        "groups": [_camel(asdict(group)) for group in reference.groups.values()],
        "provinces": [
            {
                "code": province.code,
                "nameTh": province.name_th,
                "nameEn": province.name_en,
                "abbrTh": province.abbr_th,
                "mapId": province.map_id,
                "hasOffice": province.has_office,
            }
            for province in reference.provinces.values()
        ],
        "levels": [
            {
                "code": level.code,
                "dpisCode": level.dpis_code or None,
                "nameTh": level.display_th,
                "nameEn": _level_en(level),
            }
            for level in reference.positions.values()
        ],
        "posts": [{"code": post.code, "nameTh": post.name_th, "nameEn": post.name_en} for post in POSTS.values()],
    }


def _level_en(level: Any) -> str:
    return f"{level.type_en} – {level.level_en}"


def _camel(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_th", "Th").replace("_en", "En"): value for name, value in row.items()}
