"""Every refusal about units, people and their import as people read it, and the status it is answered with."""

from collections.abc import Mapping
from typing import Final

from shared.http import ProblemText

_DATE_TH: Final = "กรุณาเขียนเป็น พ.ศ. เช่น 31/8/2563 หรือ 31 ส.ค. 63"
_DATE_EN: Final = "Write it in the Buddhist era, as 31/8/2563, or as 2020-08-31."

PROBLEMS: Final[Mapping[str, ProblemText]] = {
    "unknown-unit": ProblemText(
        422,
        "ไม่มีหน่วยงาน {unit} ในทะเบียน กรุณาตรวจสอบรหัสหรือชื่อหน่วยงาน",
        "There is no unit {unit}. Please check its key or its full name.",
    ),
    "unit-not-in-force": ProblemText(
        422, "หน่วยงาน {unit} ไม่มีผลใช้บังคับ ณ วันที่ {on}", "The unit {unit} was not in force on {on}."
    ),
    "unknown-post": ProblemText(
        422, "ไม่รู้จักตำแหน่งทางการบริหาร {post}", "There is no post {post}. See /api/enrolment/reference for the posts."
    ),
    "post-not-in-unit": ProblemText(
        422,
        "หน่วยงาน {unit} ไม่มีตำแหน่งทางการบริหาร {post}",
        "A unit such as {unit} has no post {post}.",
    ),
    "person-erased": ProblemText(
        409,
        "ข้อมูลติดต่อของบุคคลนี้ถูกลบตามคำขอแล้ว ระบบจะไม่นำเข้าซ้ำ",
        "This person's data was erased on request and is not brought in again.",
    ),
    # ---- a whole file
    "file-missing": ProblemText(
        422,
        "ไม่พบไฟล์ที่แนบมา กรุณาแนบไฟล์ CSV หรือ XLSX ในช่อง file",
        "There is no file. Please attach a CSV or XLSX file as the field file, or send it as the body.",
    ),
    "sheet-unreadable": ProblemText(
        422,
        "ระบบเปิดไฟล์นี้ไม่ได้ กรุณาบันทึกเป็น CSV (UTF-8) หรือ XLSX แล้วส่งใหม่",
        "This file cannot be opened. Please save it as CSV (UTF-8) or XLSX and send it again.",
    ),
    "sheet-empty": ProblemText(
        422,
        "ไฟล์นี้ไม่มีแถวหัวตาราง กรุณาใส่ชื่อคอลัมน์ไว้ในแถวแรก",
        "This file has no header. Please put the names of the columns into the first row.",
    ),
    "sheet-too-long": ProblemText(
        413,
        "ไฟล์นี้มีข้อมูลเกิน {limit:,} แถว กรุณาแบ่งเป็นหลายไฟล์",
        "This file has more than {limit:,} rows. Please send it in several files.",
    ),
    "columns-missing": ProblemText(
        422,
        "ไฟล์นี้ขาดคอลัมน์ที่จำเป็น: {listed} (ต้องมีเลขประจำตัวประชาชนหรือรหัสบุคลากร ชื่อและนามสกุล และหน่วยงาน)",
        "Columns are missing: {listed}. A row needs a citizen id or an external id, a name, and a unit.",
    ),
    "column-twice": ProblemText(422, "คอลัมน์ {column} มีมากกว่าหนึ่งคอลัมน์", "The column {column} is there more than once."),
    # ---- one row
    "row-unreadable": ProblemText(
        422,
        "อ่านแถวนี้ไม่ได้ อาจมีเครื่องหมายอัญประกาศที่ไม่ปิด หรืออักขระที่เสียหาย",
        "This row cannot be read: a quote is not closed, or some characters are damaged.",
    ),
    "row-width": ProblemText(
        422,
        "แถวนี้มี {found} ช่อง แต่หัวตารางมี {expected} ช่อง",
        "This row has {found} cells, but the header has {expected}.",
    ),
    "required-missing": ProblemText(422, "ต้องระบุข้อมูลในช่องนี้", "This cell must not be empty."),
    "identity-missing": ProblemText(
        422,
        "ต้องระบุเลขประจำตัวประชาชนหรือรหัสบุคลากรอย่างน้อยหนึ่งอย่าง ระบบไม่ใช้อีเมลระบุตัวบุคคล",
        "A citizen id or an external id is needed. An e-mail address does not tell people apart.",
    ),
    "identity-conflict": ProblemText(
        409,
        "เลขประจำตัวประชาชนและรหัสบุคลากรในแถวนี้เป็นของคนละคนกัน กรุณาตรวจสอบ",
        "The citizen id and the external id of this row belong to two different people.",
    ),
    "duplicate-in-file": ProblemText(
        422, "บุคคลนี้ปรากฏอยู่แล้วในแถวที่ {first} ของไฟล์เดียวกัน", "This person is already in line {first} of the same file."
    ),
    "citizen-id-invalid": ProblemText(
        422,
        "เลขประจำตัวประชาชนไม่ถูกต้อง ต้องเป็นเลข 13 หลัก (หากเปิดด้วย Excel ให้กำหนดคอลัมน์เป็นข้อความ)",
        "This is not a citizen id: 13 digits are expected. (In Excel, format the column as text.)",
    ),
    "unknown-level": ProblemText(
        422,
        "ไม่รู้จักระดับตำแหน่ง {level} กรุณาใช้รหัสของสำนักงาน ก.พ. เช่น K3 หรือ M2",
        "The level {level} is not known. Please use a code of the OCSC, as K3 or M2.",
    ),
    "level-ambiguous": ProblemText(
        422,
        "ระดับ {level} มีได้หลายประเภทตำแหน่ง กรุณาใช้รหัสแทน ({codes})",
        "The level {level} belongs to several types of position. Please use a code ({codes}).",
    ),
    "level-mismatch": ProblemText(
        422,
        "ระดับตำแหน่ง ({level}) ไม่ตรงกับระดับในระบบ DPIS ({other})",
        "The level ({level}) and the level of DPIS ({other}) do not agree.",
    ),
    "cell-unreadable": ProblemText(
        422,
        "ข้อความในช่องนี้ยาวเกิน {limit} ตัวอักษร หรือมีอักขระที่มองไม่เห็น",
        "This text is longer than {limit} characters, or has control characters.",
    ),
    "email-invalid": ProblemText(422, "ที่อยู่อีเมลไม่ถูกต้อง", "This is not an e-mail address."),
    "phone-invalid": ProblemText(422, "หมายเลขโทรศัพท์ไม่ถูกต้อง", "This is not a telephone number."),
    "date-unreadable": ProblemText(422, f"อ่านวันที่ “{{text}}” ไม่ได้ {_DATE_TH}", f"“{{text}}” is no date. {_DATE_EN}"),
    "date-impossible": ProblemText(
        422, f"ไม่มีวันที่ “{{text}}” ในปฏิทิน {_DATE_TH}", f"There is no such day as “{{text}}”. {_DATE_EN}"
    ),
    "date-year-out-of-range": ProblemText(
        422,
        f"ปีของวันที่ “{{text}}” ไม่ถูกต้อง อาจบวก 543 ซ้ำ {_DATE_TH}",
        f"The year of “{{text}}” cannot be: 543 may have been added twice. {_DATE_EN}",
    ),
    "date-ambiguous": ProblemText(
        422,
        f"วันที่ “{{text}}” ไม่ชัดเจนว่าเป็น พ.ศ. หรือ ค.ศ. {_DATE_TH}",
        f"“{{text}}” may be of the Buddhist or the Common era. {_DATE_EN}",
    ),
}
