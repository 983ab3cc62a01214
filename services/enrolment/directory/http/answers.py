"""What answers about units, people and imports look like."""

from typing_extensions import TypedDict

from services.enrolment.directory.domain.changes import Kind
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.directory.domain.report import Result
from shared.answers import Day
from shared.events.directory import Membership


class UnitAnswer(TypedDict):
    key: str
    kind: UnitKind
    parent: str | None
    nameTh: str
    nameEn: str
    abbrTh: str | None
    province: str | None
    provinceTh: str | None
    provinceEn: str | None
    function: str | None
    memberships: list[Membership]
    email: str | None
    validFrom: Day | None
    validTo: Day | None


class PersonSummary(TypedDict):
    id: str
    unit: str
    level: str | None
    post: str | None
    position: str | None
    prefix: str
    firstName: str
    lastName: str
    erased: bool


class PersonAnswer(PersonSummary):
    email: str | None
    phone: str | None
    startDate: Day | None


class ErasedAnswer(TypedDict):
    id: str
    erased: bool


class UnitsImported(TypedDict):
    registered: int
    describedAnew: int
    unchanged: int


class RowProblem(TypedDict):
    line: int
    column: str | None
    code: str
    reason: str


class AskedRow(RowProblem):
    """A row that was not imported. Whom it resembles: null for who may not read people there, and for another row."""

    person: str | None
    externalId: str | None


class ImportedRow(TypedDict):
    """`id`: null for a new person in a preview."""

    line: int
    id: str | None
    result: Result
    position: str | None


class MovedRow(TypedDict):
    """To another unit. `before`: null for who may not read people there."""

    line: int
    person: str
    before: str | None
    after: str
    otherOffice: bool


class ChangedField(TypedDict):
    """`before` is null for who may not read people there; of a citizen id no value is told."""

    line: int
    person: str
    field: str
    change: Kind
    before: str | None
    after: str | None


class SheetAnswer(TypedDict):
    """Of a workbook; of the hidden rows, which are imported too, the first lines are listed, and of the hidden columns
    all that are read, as the header names them."""

    name: str
    hiddenRows: int
    hiddenLines: list[int]
    hiddenColumns: list[str]


class LeftOutRow(TypedDict):
    """A row that is no part of the list: a title, the header again, or of the footer."""

    line: int
    text: str


class _ImportCounts(TypedDict):
    """`moves` are complete; of `changes` the first thousand are listed, and `changedFields` counts all; of `leftOut`
    the footer is complete, and `leftOutRows` counts all."""

    preview: bool
    sheet: SheetAnswer | None
    rows: int
    registered: int
    moved: int
    changed: int
    unchanged: int
    badRows: int
    askedRows: int
    questions: list[AskedRow]
    moves: list[MovedRow]
    changedFields: int
    changes: list[ChangedField]
    problems: list[RowProblem]
    warnings: list[RowProblem]
    ignoredColumns: list[str]
    leftOutRows: int
    leftOut: list[LeftOutRow]


class PeopleImported(_ImportCounts, total=False):
    """`people` unless `detail=compact`."""

    people: list[ImportedRow]


class ResealedAnswer(TypedDict):
    """`next`: behind whom to go on; null at the end."""

    key: str
    seen: int
    resealed: int
    next: str | None


class Named(TypedDict):
    nameTh: str
    nameEn: str


class RegionAnswer(Named):
    key: str


class GroupAnswer(Named):
    key: str
    number: str
    region: str
    hub: str


class ProvinceAnswer(Named):
    code: str
    abbrTh: str
    mapId: str
    hasOffice: bool


class LevelAnswer(Named):
    code: str
    dpisCode: str | None


class PostAnswer(Named):
    code: str


class ReferenceAnswer(TypedDict):
    regions: list[RegionAnswer]
    groups: list[GroupAnswer]
    provinces: list[ProvinceAnswer]
    levels: list[LevelAnswer]
    posts: list[PostAnswer]
