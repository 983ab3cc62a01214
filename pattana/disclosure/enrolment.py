"""What the enrolment service answers."""

from typing import Final

from pattana.disclosure.answers import (
    COLLEAGUES,
    COUNTS,
    ERASERS,
    EVERYBODY,
    INSIDERS,
    KNOWERS,
    NOMINEES,
    OFFICERS,
    OPERATORS,
    PEOPLE,
    PEOPLE_FILES,
    STAND_INS,
    SUPPRESSED,
    UNIT_FILES,
    Answer,
    Fields,
    below,
    fields,
    page_of,
)
from pattana.disclosure.certificates import RULE
from pattana.disclosure.programmes import CHECKS, WARNINGS
from pattana.disclosure.releases import NOTICED

_API: Final = "/api/enrolment"
_NOMINATIONS: Final = f"POST {_API}/runs/{{run}}/nominations"
_EX_OFFICIO: Final = f"{_API}/runs/{{run}}/ex-officio"
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
_LISTED_RUN: Final = (
    "id version seatsVersion programme cohort state capacity allocated startsAt endsAt sessions[].startsAt "
    "sessions[].endsAt sessions[].title venue.name venue.room venue.floor venue.building venue.site venue.district "
    "venue.provinceCode opensAt closesAt releaseAt offsetSeconds revision moving"
)
_RUN: Final = f"{_LISTED_RUN} releaseOn closeOutDue closeOutDueFiscalYear closeOutFiledAt"
_FILER: Final = "closeOutFiledBy"
_STEPS: Final = "approvalRoute[].step approvalRoute[].days approvalRoute[].onDeadline"
_SUMMARY: Final = (
    f"{_STEPS} id version state code title fiscalYear kind organiser frameworkTags[] totalSeats fourEyes applications"
    " onMove closeOutDays releaseAt releaseRule forms[] reminders[] createdUnit"
)
_OFFICIAL: Final = ("name", "position", "onBehalfOf")
_OFFICIALS: Final = " ".join(f"{place}.{name}" for place in ("chair", "reporter", "speakers[]") for name in _OFFICIAL)
_LINES: Final = "methods[] topics[] objectives[] expectedOutcomes[] indicators[] planYears[]"
_JUDGED: Final = fields((INSIDERS, WARNINGS))
_WARNED: Final = fields((INSIDERS, f"{WARNINGS} calendarWarnings"))  # to who planned it

PROGRAMME: Final = {
    **fields((EVERYBODY, f"{_SUMMARY} {_OFFICIALS} {_LINES} {RULE} {CHECKS}")),
    **below("targetGroups[].", fields((EVERYBODY, _TARGET))),
    **below("runs[].", fields((EVERYBODY, _RUN), (INSIDERS, _FILER))),
}
_SAID: Final = "code title fiscalYear fourEyes applications onMove closeOutDays releaseRule forms[]"  # of its programme
RUN: Final = {
    **fields((EVERYBODY, f"{_RUN} {_SAID} {_STEPS} {CHECKS}"), (INSIDERS, _FILER)),
    **below("targetGroups[].", fields((EVERYBODY, _TARGET))),
}
BUCKETS: Final = fields(
    (EVERYBODY, "version seats buckets[].target buckets[].bucketUnit buckets[].seats buckets[].open"),
    (COUNTS, "buckets[].free buckets[].confirmed buckets[].waiting buckets[].growingTo"),
    (COUNTS, "buckets[].offered buckets[].fromPool"),
    (SUPPRESSED, "buckets[].suppressed"),
)
_REASON: Final = "code th en each people of holders confirmed"
_PROPOSED: Final = {
    **fields(
        (
            INSIDERS,
            "version capacity seats free targets[].target targets[].rule targets[].seats targets[].buckets "
            "buckets[].target buckets[].bucketUnit buckets[].seats "
            "leftOut[].target leftOut[].bucketUnit leftOut[].seats",
        )
    ),
    **below("buckets[].reason.", fields((INSIDERS, _REASON))),
    **below("leftOut[].reason.", fields((INSIDERS, "code th en people"))),
}
_ALLOCATED: Final = fields((INSIDERS, "unitsWithoutPeople[]"))  # to who gives the seats
NOMINATION: Final = fields(
    (
        PEOPLE,
        "id run target bucketUnit person unit province rank state waitsFor exOfficio post warnings[].code "
        "warnings[].th warnings[].en warnings[].run",
    ),
    (COLLEAGUES, "replaces"),
)
RECORD: Final = {
    **NOMINATION,
    **fields(
        (PEOPLE, "note reason dueAt offeredUntil erased moved.from moved.to moved.asked createdAt changedAt"),
        (PEOPLE, "decisions[].step decisions[].verdict decisions[].at decisions[].reason"),
        (COLLEAGUES, "queue decisions[].by decisions[].onBehalfOf"),
    ),
}
CLASH: Final = fields((KNOWERS, "nomination person unit state others[].run others[].code"))
DELEGATION: Final = fields((NOMINEES, "id absent delegate unit steps[] startsAt endsAt ended createdAt"))
ROWS: Final = {
    **fields((PEOPLE, "results[].status results[].position")),
    **below("results[].nomination.", {**NOMINATION, **NOTICED}),
}
INVITED: Final = {
    **fields(
        (
            OFFICERS,
            "next vacantPosts[].unit vacantPosts[].post results[].unit results[].post results[].person "
            "results[].exOfficio results[].result results[].status results[].position",
        )
    ),
    **below("results[].nomination.", {**NOMINATION, **NOTICED}),
}
SUCCESSION: Final = fields(
    (
        OFFICERS,
        "nomination target bucketUnit unit post person exOfficio state successor successorExOfficio",
    )
)
IMPORTED: Final = fields(
    (
        PEOPLE_FILES,
        "preview sheet.name sheet.hiddenRows sheet.hiddenLines[] sheet.hiddenColumns[] "
        "rows registered changed moved unchanged badRows problems[].line problems[].column problems[].code "
        "problems[].reason warnings[].line warnings[].column warnings[].code warnings[].reason "
        "askedRows questions[].line questions[].column questions[].code questions[].reason "
        "moves[].line moves[].person moves[].after moves[].otherOffice changedFields changes[].line changes[].person "
        "changes[].field changes[].change changes[].after "
        "ignoredColumns[] leftOutRows leftOut[].line leftOut[].text "
        "people[].line people[].id people[].result people[].position",
    ),
    (KNOWERS, "moves[].before changes[].before questions[].person questions[].externalId"),
)
HOLDING: Final = fields((OFFICERS, "id unit post person inPost validFrom validTo"))
POSTS_IMPORTED: Final = fields(
    (
        OFFICERS,
        "preview sheet.name sheet.hiddenRows sheet.hiddenLines[] sheet.hiddenColumns[] "
        "rows recorded changed unchanged badRows askedRows "
        "questions[].line questions[].column questions[].code questions[].reason "
        "problems[].line problems[].column problems[].code problems[].reason "
        "ended[].line ended[].id ended[].validTo ignoredColumns[] leftOutRows leftOut[].line leftOut[].text "
        "posts[].line posts[].id posts[].result",
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
    Answer("person erased", (f"DELETE {_API}/people/{{person}}/contact",), fields((ERASERS, "id erased"))),
    Answer("people imported", (f"POST {_API}/imports/people",), IMPORTED),
    Answer("posts", (f"GET {_API}/posts",), page_of(HOLDING, OFFICERS)),
    Answer(
        "post",
        (f"POST {_API}/posts", *(f"{method} {_API}/posts/{{holding}}" for method in ("GET", "PATCH", "DELETE"))),
        HOLDING,
    ),
    Answer("posts imported", (f"POST {_API}/imports/posts",), POSTS_IMPORTED),
    Answer("programmes", (f"GET {_API}/programmes",), page_of(fields((EVERYBODY, _SUMMARY)), EVERYBODY)),
    Answer(
        "runs", (f"GET {_API}/runs",), page_of(fields((EVERYBODY, f"{_LISTED_RUN} code title fiscalYear")), EVERYBODY)
    ),
    Answer(
        "programme",
        (
            f"GET {_API}/programmes/{{programme}}",
            *(f"POST {_API}/programmes/{{programme}}/{step}" for step in ("publish", "close", "cancel")),
        ),
        PROGRAMME,
        "once it is published",
    ),
    Answer("programme reopened", (f"POST {_API}/programmes/{{programme}}/reopen",), {**PROGRAMME, **_JUDGED}),
    Answer(
        "draft",
        (
            f"POST {_API}/programmes",
            f"PUT {_API}/programmes/{{programme}}",
            f"PATCH {_API}/programmes/{{programme}}",
        ),
        _to_insiders({**PROGRAMME, **_JUDGED}),
        "a programme that was never published",
    ),
    Answer(
        "draft decided",
        tuple(f"POST {_API}/programmes/{{programme}}/{step}" for step in ("submit", "approve")),
        _to_insiders(PROGRAMME),
    ),
    Answer(
        "run",
        (f"GET {_API}/runs/{{run}}",),
        {**RUN, **_WARNED, **fields((EVERYBODY, "closeOutOverdue"))},
        "once it was open",
    ),
    Answer(
        "run changed",
        tuple(f"POST {_API}/runs/{{run}}/{step}" for step in ("close-out", "cancel")),
        {**RUN, **_WARNED},
    ),
    Answer(
        "run moved",
        (
            *(f"{method} {_API}/runs/{{run}}" for method in ("PUT", "PATCH")),
            *(f"POST {_API}/runs/{{run}}/{step}" for step in ("split", "merge")),
        ),
        {**RUN, **_WARNED, **below("clashes.", page_of(CLASH, KNOWERS))},
    ),
    Answer(
        "move previewed",
        (f"POST {_API}/runs/{{run}}/preview",),
        {
            **below("run.", {**RUN, **_WARNED}),
            **fields((KNOWERS, "refusals[].code refusals[].th refusals[].en")),
            **below("clashes.", page_of(CLASH, KNOWERS)),
        },
    ),
    Answer("clashes", (f"GET {_API}/runs/{{run}}/clashes",), page_of(CLASH, KNOWERS)),
    Answer(
        "draft run",
        (f"POST {_API}/programmes/{{programme}}/runs",),
        _to_insiders({**RUN, **_WARNED}),
        "a run that was never open",
    ),
    Answer("clock", (f"PUT {_API}/runs/{{run}}/clock",), fields((OPERATORS, "run offsetSeconds"))),
    Answer("buckets", (f"GET {_API}/runs/{{run}}/buckets",), BUCKETS),
    Answer(
        "allocated buckets",
        (f"PUT {_API}/runs/{{run}}/buckets", f"POST {_API}/runs/{{run}}/buckets/move"),
        {**BUCKETS, **_ALLOCATED},
    ),
    Answer("proposed buckets", (f"POST {_API}/runs/{{run}}/allocation",), _PROPOSED),
    Answer("draft buckets", (), _to_insiders({**BUCKETS, **_ALLOCATED}), "of a run that was never open"),
    Answer("nominations", (f"GET {_API}/runs/{{run}}/nominations",), page_of(RECORD, PEOPLE)),
    Answer("nomination", (f"GET {_API}/runs/{{run}}/nominations/{{id}}",), RECORD),
    Answer(
        "nomination decided",
        (
            f"{_NOMINATIONS}",
            f"POST {_API}/runs/{{run}}/applications",
            f"POST {_API}/runs/{{run}}/late-entries",
            *(f"POST {_API}/plans/{{plan}}/rows/{{row}}/{action}" for action in ("nominate", "apply")),
            *(f"{_NOMINATIONS}/{{id}}/{action}" for action in (*_DECISIONS, "substitute", "move")),
        ),
        {**NOMINATION, **NOTICED},
    ),
    Answer("invited ex officio", (f"POST {_EX_OFFICIO}",), INVITED),
    Answer("successions", (f"GET {_EX_OFFICIO}",), page_of(SUCCESSION, OFFICERS)),
    Answer("delegations", (f"GET {_API}/delegations",), page_of(DELEGATION, NOMINEES)),
    Answer(
        "delegation",
        (f"POST {_API}/delegations", f"POST {_API}/delegations/{{delegation}}/end"),
        DELEGATION,
    ),
    Answer(
        "nominations of who is away",
        (f"GET {_API}/delegations/{{delegation}}/nominations",),
        dict.fromkeys(page_of(RECORD, STAND_INS), STAND_INS),
        "what waits for a step of who is away",
    ),
    Answer(
        "list decided for who is away",
        tuple(f"POST {_API}/delegations/{{delegation}}/{action}" for action in ("approve", "reject")),
        dict.fromkeys(ROWS, STAND_INS),
    ),
    Answer("list decided", (_NOMINATIONS, *(f"{_NOMINATIONS}/{action}" for action in _DECISIONS)), ROWS),
)
