"""What the enrolment service answers."""

from typing import Final

from pattana.disclosure.answers import (
    COLLEAGUES,
    COUNTS,
    ERASERS,
    EVERYBODY,
    INSIDERS,
    OPERATORS,
    PEOPLE,
    PEOPLE_FILES,
    SUPPRESSED,
    UNIT_FILES,
    Answer,
    Fields,
    below,
    fields,
    page_of,
)

_API: Final = "/api/enrolment"
_NOMINATIONS: Final = f"POST {_API}/runs/{{run}}/nominations"
_DECISIONS: Final = ("approve", "reject", "withdraw")

UNIT: Final = fields(
    (
        EVERYBODY,
        "key kind parent nameTh nameEn abbrTh province provinceTh provinceEn function email validFrom validTo "
        "memberships[].group memberships[].region memberships[].validFrom memberships[].validTo",
    )
)
REFERENCE: Final = fields(
    (
        EVERYBODY,
        "regions[].key regions[].nameTh regions[].nameEn groups[].key groups[].number groups[].nameTh groups[].nameEn "
        "groups[].region groups[].hub "
        "provinces[].code provinces[].nameTh provinces[].nameEn provinces[].abbrTh provinces[].mapId "
        "provinces[].hasOffice levels[].code levels[].dpisCode levels[].nameTh levels[].nameEn posts[].code "
        "posts[].nameTh posts[].nameEn",
    )
)
PERSON: Final = fields((PEOPLE, "id unit level post position prefix firstName lastName erased"))
CONTACT: Final = fields((PEOPLE, "email phone startDate"))

_TARGET: Final = "key name scope unit levels[] posts[] positions[] seats perUnit"
_RUN: Final = (
    "id version seatsVersion programme cohort state capacity allocated startsAt endsAt sessions[].startsAt "
    "sessions[].endsAt sessions[].title venue.name venue.room venue.floor venue.building venue.site venue.district "
    "venue.provinceCode opensAt closesAt offsetSeconds revision"
)
_SUMMARY: Final = (
    "id version state code title fiscalYear kind organiser frameworkTags[] totalSeats approvalRoute fourEyes"
    " createdUnit"
)
_OFFICIAL: Final = ("name", "position", "onBehalfOf")
_OFFICIALS: Final = " ".join(f"{place}.{name}" for place in ("chair", "reporter", "speakers[]") for name in _OFFICIAL)
_LINES: Final = "methods[] topics[] objectives[] expectedOutcomes[] indicators[] planYears[]"
_WARNING: Final = ("code", "th", "en", "date", "holiday", "by", "cohort", "run")
_WARNINGS: Final = " ".join(f"warnings[].{name}" for name in _WARNING)
_WARNED: Final = fields((INSIDERS, _WARNINGS))  # to who planned it
_ERASED: Final = "id erased"


PROGRAMME: Final = {
    **fields((EVERYBODY, f"{_SUMMARY} {_OFFICIALS} {_LINES}")),
    **below("targetGroups[].", fields((EVERYBODY, _TARGET))),
    **below("runs[].", fields((EVERYBODY, _RUN))),
}
RUN: Final = {
    **fields((EVERYBODY, f"{_RUN} code title fiscalYear approvalRoute fourEyes")),
    **below("targetGroups[].", fields((EVERYBODY, _TARGET))),
}
BUCKETS: Final = fields(
    (EVERYBODY, "version seats buckets[].target buckets[].bucketUnit buckets[].seats buckets[].open"),
    (COUNTS, "buckets[].free buckets[].confirmed buckets[].waiting buckets[].growingTo"),
    (SUPPRESSED, "buckets[].suppressed"),
)
NOMINATION: Final = fields(
    (PEOPLE, "id run target bucketUnit person unit province rank state"),
    (COLLEAGUES, "replaces"),
)
RECORD: Final = {**NOMINATION, **fields((PEOPLE, "note reason createdAt changedAt"), (COLLEAGUES, "queue"))}
ROWS: Final = {
    **fields((PEOPLE, "results[].status results[].position")),
    **below("results[].nomination.", NOMINATION),
}
IMPORTED: Final = fields(
    (
        PEOPLE_FILES,
        "rows registered changed moved unchanged badRows problems[].line problems[].column problems[].code "
        "problems[].reason warnings[].line warnings[].column warnings[].code warnings[].reason "
        "ignoredColumns[] people[].line people[].id people[].result people[].position",
    )
)


def _to_insiders(table: Fields) -> Fields:
    return dict.fromkeys(table, INSIDERS)


ENROLMENT: Final = (
    Answer("units", (f"GET {_API}/units",), page_of(UNIT, EVERYBODY)),
    Answer("unit", (f"GET {_API}/units/{{key}}",), UNIT),
    Answer("reference", (f"GET {_API}/reference",), REFERENCE),
    Answer(
        "units imported",
        (f"POST {_API}/imports/reference",),
        fields((UNIT_FILES, "registered describedAnew unchanged")),
    ),
    Answer("people", (f"GET {_API}/people",), page_of(PERSON, PEOPLE)),
    Answer("person", (f"GET {_API}/people/{{person}}",), {**PERSON, **CONTACT}),
    Answer("person erased", (f"DELETE {_API}/people/{{person}}/contact",), fields((ERASERS, _ERASED))),
    Answer("people imported", (f"POST {_API}/imports/people",), IMPORTED),
    Answer("programmes", (f"GET {_API}/programmes",), page_of(fields((EVERYBODY, _SUMMARY)), EVERYBODY)),
    Answer(
        "programme",
        (
            f"GET {_API}/programmes/{{programme}}",
            *(f"POST {_API}/programmes/{{programme}}/{step}" for step in ("publish", "close", "cancel")),
        ),
        PROGRAMME,
        "once it is published",
    ),
    Answer(
        "draft",
        (
            f"POST {_API}/programmes",
            f"PUT {_API}/programmes/{{programme}}",
        ),
        _to_insiders({**PROGRAMME, **fields((INSIDERS, _WARNINGS))}),
        "a programme that was never published",
    ),
    Answer(
        "draft decided",
        tuple(f"POST {_API}/programmes/{{programme}}/{step}" for step in ("submit", "approve")),
        _to_insiders(PROGRAMME),
    ),
    Answer("run", (f"GET {_API}/runs/{{run}}", f"PUT {_API}/runs/{{run}}"), {**RUN, **_WARNED}, "once it was open"),
    Answer(
        "draft run",
        (f"POST {_API}/programmes/{{programme}}/runs",),
        _to_insiders({**RUN, **_WARNED}),
        "a run that was never open",
    ),
    Answer("clock", (f"PUT {_API}/runs/{{run}}/clock",), fields((OPERATORS, "run offsetSeconds"))),
    Answer("buckets", (f"GET {_API}/runs/{{run}}/buckets", f"PUT {_API}/runs/{{run}}/buckets"), BUCKETS),
    Answer("draft buckets", (), _to_insiders(BUCKETS), "of a run that was never open"),
    Answer("nominations", (f"GET {_API}/runs/{{run}}/nominations",), page_of(RECORD, PEOPLE)),
    Answer("nomination", (f"GET {_API}/runs/{{run}}/nominations/{{id}}",), RECORD),
    Answer(
        "nomination decided",
        (
            f"{_NOMINATIONS}",
            f"POST {_API}/runs/{{run}}/applications",
            *(f"{_NOMINATIONS}/{{id}}/{action}" for action in (*_DECISIONS, "substitute")),
        ),
        NOMINATION,
    ),
    Answer("list decided", (_NOMINATIONS, *(f"{_NOMINATIONS}/{action}" for action in _DECISIONS)), ROWS),
)
