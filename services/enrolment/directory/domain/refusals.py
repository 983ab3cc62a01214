"""Refusals about units, people and their import, each with a stable code, a status and its sentences.

Refused
├── UnknownUnit  UnitNotInForce  UnknownPost  PostNotInUnit  PersonErased  UnknownLevel  LevelAmbiguous
├── an import: ImportRunning  ImportsBusy  UploadTooSlow
├── a whole file: FileMissing  ColumnsMissing  ColumnTwice, beside those of shared/sheets
├── one row: RowUnreadable  RowWidth  RequiredMissing  IdentityMissing  DuplicateInFile  IdentityConflict
│            LevelMismatch, beside those of its cells in cell_refusals.py
├── asked before a row is imported: IdentityZerosLost  PersonLikeKnown  RowLikeEarlier
└── a warning: PersonLikeNamed
"""

from shared.errors import Refused


class UnknownUnit(
    Refused,
    code="unknown-unit",
    status=422,
    th="ไม่มีหน่วยงาน {unit} ในทะเบียน กรุณาตรวจสอบรหัสหรือชื่อหน่วยงาน",
    en="The unit {unit} is unknown. Please check its key or full name.",
):
    """Details: unit."""


class UnitNotInForce(
    Refused,
    code="unit-not-in-force",
    status=422,
    th="หน่วยงาน {unit} ยังไม่จัดตั้งหรือถูกยุบเลิกแล้ว ณ วันที่ {on}",
    en="The unit {unit} does not exist on {on}: it is not set up yet, or was dissolved.",
):
    """Details: unit, on."""


class UnknownPost(
    Refused,
    code="unknown-post",
    status=422,
    th="ไม่พบตำแหน่งทางการบริหาร {post} ในระบบ",
    en="The post {post} is unknown. See /api/enrolment/reference for the posts.",
):
    pass


class PostNotInUnit(
    Refused,
    code="post-not-in-unit",
    status=422,
    th="หน่วยงาน {unit} ไม่มีตำแหน่งทางการบริหาร {post}",
    en="The unit {unit} has no post {post}.",
):
    pass


class PersonErased(
    Refused,
    code="person-erased",
    status=409,
    th="ข้อมูลของบุคคลนี้ถูกลบตามคำขอแล้ว ระบบจะไม่นำเข้าซ้ำและไม่รับดำเนินการใดเกี่ยวกับบุคคลนี้อีก",
    en="This person's data was erased on request; it is not imported again, and nothing more is done with this person.",
):
    pass


class UnknownLevel(
    Refused,
    code="unknown-level",
    status=422,
    th="ไม่พบระดับตำแหน่ง {level} กรุณาใช้รหัสของสำนักงาน ก.พ. เช่น K3 หรือ M2",
    en="The level {level} is unknown. Please use an OCSC code such as K3 or M2.",
):
    pass


class LevelAmbiguous(
    Refused,
    code="level-ambiguous",
    status=422,
    th="ระดับ {level} มีอยู่ในหลายประเภทตำแหน่ง กรุณาระบุเป็นรหัสแทน ({codes})",
    en="The level {level} belongs to several types of position. Please use a code ({codes}).",
):
    pass


class ImportRunning(
    Refused,
    code="import-running",
    status=503,
    th="การนำเข้าครั้งก่อนของท่านยังดำเนินการอยู่ กรุณารอให้เสร็จก่อนแล้วจึงส่งไฟล์ใหม่ ครั้งนี้ระบบยังไม่ได้นำเข้าข้อมูลใด",
    en="Your import before this one is still running. Nothing was imported now; please send the file again afterwards.",
):
    retry_after_seconds = 5


class ImportsBusy(
    Refused,
    code="imports-busy",
    status=503,
    th="ขณะนี้มีการนำเข้าข้อมูลพร้อมกันครบ {limit} รายการแล้ว กรุณาลองใหม่อีกครั้งในอีกสักครู่ ครั้งนี้ระบบยังไม่ได้นำเข้าข้อมูลใด",
    en="As many imports as may run at once ({limit}) are running. Nothing was imported; please try again shortly.",
):
    """Details: limit."""

    retry_after_seconds = 5


class UploadTooSlow(
    Refused,
    code="upload-too-slow",
    status=408,
    th="ระบบไม่ได้รับไฟล์ครบถ้วนภายใน {seconds:g} วินาที กรุณาตรวจสอบการเชื่อมต่อแล้วส่งใหม่",
    en="The file did not arrive within {seconds:g} seconds. Please check the connection and send it again.",
):
    """Details: seconds. Whoever sends slowly would hold a place among the imports."""


class FileMissing(
    Refused,
    code="file-missing",
    status=422,
    th="ไม่พบไฟล์ที่แนบมา กรุณาแนบไฟล์ CSV หรือ XLSX ในช่อง file",
    en="No file was sent. Please attach a CSV or XLSX file as the field file, or send it as the body.",
):
    pass


class ColumnsMissing(
    Refused,
    code="columns-missing",
    status=422,
    th="ไฟล์นี้ขาดคอลัมน์ที่จำเป็น: {listed} (ต้องมีเลขประจำตัวประชาชนหรือรหัสบุคลากร ชื่อและนามสกุล และหน่วยงาน) "
    "แถวหัวตารางที่พบคือ “{read}”",
    en="Columns are missing: {listed}. A row needs a citizen id or an external id, a name, and a unit. "
    "The header was “{read}”.",
):
    """Details: columns, listed, read (the row that came nearest to a header)."""


class ColumnTwice(
    Refused,
    code="column-twice",
    status=422,
    th="ไฟล์นี้มีคอลัมน์ {column} ซ้ำกัน",
    en="The column {column} appears more than once.",
):
    pass


class RowUnreadable(
    Refused,
    code="row-unreadable",
    status=422,
    th="อ่านแถวนี้ไม่ได้ อาจมีเครื่องหมายอัญประกาศที่ไม่ได้ปิด หรือมีอักขระเสียหาย",
    en="This row cannot be read: a quotation mark is not closed, or some characters are damaged.",
):
    pass


class RowWidth(
    Refused,
    code="row-width",
    status=422,
    th="แถวนี้มี {found} ช่อง แต่หัวตารางมี {expected} ช่อง",
    en="This row has {found} cells, but the header has {expected}.",
):
    pass


class RequiredMissing(
    Refused,
    code="required-missing",
    status=422,
    th="ต้องระบุข้อมูลในช่องนี้",
    en="This cell must not be empty.",
):
    pass


class IdentityMissing(
    Refused,
    code="identity-missing",
    status=422,
    th="ต้องระบุเลขประจำตัวประชาชนหรือรหัสบุคลากรอย่างน้อยหนึ่งอย่าง ระบบไม่ใช้อีเมลระบุตัวบุคคล",
    en="A citizen id or an external id is needed. An e-mail address does not identify a person.",
):
    pass


class DuplicateInFile(
    Refused,
    code="duplicate-in-file",
    status=422,
    th="บุคคลนี้ปรากฏอยู่แล้วในแถวที่ {first} ของไฟล์เดียวกัน",
    en="This person already appears in line {first} of the same file.",
):
    pass


class IdentityConflict(
    Refused,
    code="identity-conflict",
    status=409,
    th="เลขประจำตัวประชาชนและรหัสบุคลากรในแถวนี้เป็นของคนละคนกัน กรุณาตรวจสอบ",
    en="The citizen id and the external id in this row belong to two different people.",
):
    pass


class LevelMismatch(
    Refused,
    code="level-mismatch",
    status=422,
    th="ระดับตำแหน่ง ({level}) ไม่ตรงกับระดับในระบบ DPIS ({other})",
    en="The level ({level}) and the DPIS level ({other}) do not agree.",
):
    pass


class IdentityZerosLost(
    Refused,
    code="identity-zeros-lost",
    status=409,
    th="รหัส “{text}” ต่างจากรหัสของบุคคลในทะเบียนเพียงเลขศูนย์นำหน้าหรือรูปแบบตัวเลข ระบบจึงยังไม่นำเข้าแถวนี้ "
    "หากเป็นคนเดียวกันกรุณาแก้รหัส หากรหัสนี้ถูกต้องแล้วกรุณายืนยันแถวนี้",
    en="But for zeros in front, or the form of a number, “{text}” is the id of somebody: the row was not imported. "
    "Please correct the id, or confirm this line if the id is right as it stands.",
):
    """Details: text."""


class IdentityWrittenOtherwise(
    Refused,
    code="identity-written-otherwise",
    status=409,
    th="มีบุคคลในทะเบียนที่ชื่อเดียวกัน และรหัสต่างจาก “{text}” เพียงตัวพิมพ์เล็กใหญ่ ขีด ช่องว่าง หรือเลขศูนย์ "
    "ระบบจึงยังไม่นำเข้าแถวนี้ หากเป็นคนเดียวกันกรุณาแก้รหัส หากเป็นคนละคนกรุณายืนยันแถวนี้",
    en="A known person has this name, and an id that differs from “{text}” in capitals, hyphens, spaces or zeros "
    "alone: the row was not imported. Please correct the id if it is the same person, or confirm this line if it is "
    "another one.",
):
    """Details: text."""


class PersonLikeKnown(
    Refused,
    code="person-like-known",
    status=409,
    th="มีบุคคลในทะเบียนที่ชื่อและวันเกิดเดียวกันแต่ใช้เลขหรือรหัสอื่น ระบบจึงยังไม่นำเข้าแถวนี้ "
    "หากเป็นคนเดียวกันกรุณาแก้เลขหรือรหัส หากเป็นคนละคนกรุณายืนยันแถวนี้",
    en="A known person with another id has this name and date of birth: the row was not imported. Please correct the "
    "id if it is the same person, or confirm this line if it is another one.",
):
    pass


class RowLikeEarlier(
    Refused,
    code="row-like-earlier",
    status=409,
    th="แถวนี้คล้ายแถวที่ {first} ของไฟล์เดียวกัน คือรหัสต่างกันเพียงรูปแบบที่เขียน หรือชื่อและวันเกิดเดียวกัน "
    "ระบบจึงยังไม่นำเข้าแถวนี้ หากเป็นคนเดียวกันกรุณาลบออกหนึ่งแถว หากเป็นคนละคนกรุณายืนยันแถวนี้",
    en="This row is like line {first} of the same file, by an id that differs in the way it is written alone, or by "
    "name and date of birth: it was not imported. Please remove one of them, or confirm this line if they are two.",
):
    """Details: first."""


class PersonLikeNamed(
    Refused,
    code="person-like-named",
    status=409,
    th="มีบุคคลในทะเบียนที่ชื่อ หน่วยงาน และตำแหน่งเดียวกันอยู่แล้ว ระบบลงทะเบียนแถวนี้เป็นบุคคลใหม่ กรุณาตรวจสอบว่าเป็นคนละคนกัน",
    en="A known person has the same name, unit and position. This row was registered as a new person: please check.",
):
    """A warning: it does not refuse the row."""
