"""The JSON of units, people and import reports. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from services.enrolment.directory.domain.cells import shown
from services.enrolment.directory.domain.changes import FieldChange, Move
from services.enrolment.directory.domain.people import POSTS, Person
from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.domain.questions import Question
from services.enrolment.directory.domain.reference import Reference
from services.enrolment.directory.domain.report import Imported, Report, Result, SheetRead
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.units import Unit
from shared.position_tokens import Reached
from shared.problems import Language, problem_body
from shared.sheets.table import LeftOut


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


def holding_response(holding: Holding) -> dict[str, Any]:
    return {
        "id": holding.id,
        "unit": holding.unit,
        "post": holding.post,
        "person": holding.person,
        "inPost": holding.in_post.value,
        "validFrom": holding.valid_from.isoformat(),
        "validTo": holding.valid_to.isoformat() if holding.valid_to else None,
    }


def report_response(
    report: Report,
    *,
    compact: bool,
    language: Language,
    token: Callable[[Reached], str],
    sees: Callable[[str], bool],
) -> dict[str, Any]:
    """Counts, moves, changes, problems, and unless `compact` the good rows with ids and what there is to wait for.
    `sees`: whether the caller may read the people of a unit; else what was stored of them is not told."""
    response: dict[str, Any] = {
        "preview": report.preview,
        "sheet": None if report.sheet is None else sheet_response(report.sheet),
        "rows": report.rows,
        **_counts(report),
        "badRows": report.bad_rows,
        "askedRows": report.asked_rows,
        "questions": [_asked(question, language, sees) for question in report.questions],
        "moves": [_moved(move, sees) for move in report.moves],
        "changedFields": report.changed_fields,
        "changes": [_changed(change, sees) for change in report.changes],
        "problems": [bad_row(bad, language) for bad in report.bad],
        "warnings": [bad_row(warning, language) for warning in report.warnings],
        "ignoredColumns": list(report.ignored),
        "leftOutRows": report.left_out_rows,
        "leftOut": left_out_response(report.left_out),
    }
    if not compact:
        response["people"] = people_response(report.imported, token, preview=report.preview)
    return response


def progress_response(report: Report) -> dict[str, int]:
    """How far an import is. What is counted is stored, unless it is a preview, whatever happens to the rest."""
    left = {"badRows": report.bad_rows, "askedRows": report.asked_rows}
    return {"rows": report.rows, "read": report.read, **_counts(report), **left}


def people_response(
    rows: Iterable[Imported], token: Callable[[Reached], str], *, preview: bool
) -> list[dict[str, Any]]:
    return [_imported_row(row, token, preview=preview) for row in rows]


def _counts(report: Report) -> dict[str, int]:
    return {result.value.lower(): report.counts[result] for result in Result}


def sheet_response(read: SheetRead) -> dict[str, Any]:
    rows = {"hiddenRows": read.hidden_rows, "hiddenLines": list(read.hidden_lines)}
    return {"name": read.name, **rows, "hiddenColumns": list(read.hidden_columns)}


def left_out_response(rows: Iterable[LeftOut]) -> list[dict[str, Any]]:
    return [{"line": row.line, "text": shown(row.text)} for row in rows]


def bad_row(bad: Bad, language: Language) -> dict[str, Any]:
    body = problem_body(bad.error, language)
    return {"line": bad.line, "column": bad.column, "code": body["code"], "reason": body["detail"]}


def _asked(question: Question, language: Language, sees: Callable[[str], bool]) -> dict[str, Any]:
    near = question.near
    seen = near if near is not None and sees(near.unit) else None
    return {
        **bad_row(Bad(question.line, question.column, question.error), language),
        "person": seen and seen.id,
        "externalId": seen and seen.external_id,
    }


def _moved(move: Move, sees: Callable[[str], bool]) -> dict[str, Any]:
    return {
        "line": move.line,
        "person": move.person,
        "before": move.before if sees(move.before) else None,
        "after": move.after,
        "otherOffice": move.other_office,
    }


def _changed(change: FieldChange, sees: Callable[[str], bool]) -> dict[str, Any]:
    return {
        "line": change.line,
        "person": change.person,
        "field": change.field,
        "change": change.kind.value,
        "before": change.before if sees(change.unit) else None,
        "after": change.after,
    }


def _imported_row(row: Imported, token: Callable[[Reached], str], *, preview: bool) -> dict[str, Any]:
    """Of a preview there is nothing to wait for, and whoever is new has no id yet."""
    return {
        "line": row.line,
        "id": None if preview and row.result is Result.REGISTERED else row.person,
        "result": row.result.value,
        "position": None if preview or row.contact is None else token(Reached((row.contact,))),
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
