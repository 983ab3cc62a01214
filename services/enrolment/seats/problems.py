"""Every refusal about seats as people read it. The status says how it is answered over HTTP."""

from collections.abc import Mapping

from services.enrolment.catalogue.problems import NOT_ELIGIBLE
from shared.http import ProblemText

PROBLEMS: Mapping[str, ProblemText] = {
    **NOT_ELIGIBLE,
    "unknown-nomination": ProblemText(404, "ไม่พบรายการเสนอชื่อนี้ในรุ่นที่ระบุ", "There is no such nomination in this run."),
    "unknown-person": ProblemText(
        404,
        "ไม่พบบุคลากรรายนี้ในทะเบียน โปรดนำเข้าข้อมูลบุคลากรก่อน",
        "This person is not in the directory; import people first.",
    ),
    "unknown-run": ProblemText(404, "ไม่พบรุ่นการอบรมนี้", "There is no such run."),
    "no-seats-for-unit": ProblemText(
        409, "หน่วยงาน {unit} ไม่ได้รับจัดสรรที่นั่งในรุ่นนี้", "The unit {unit} has no seats in this run."
    ),
    "already-nominated": ProblemText(
        409, "บุคคลนี้ได้รับการเสนอชื่อในรุ่นนี้แล้ว", "This person has already been nominated for this run."
    ),
    "already-approved": ProblemText(
        409, "รายการเสนอชื่อนี้ได้รับอนุมัติแล้ว (สถานะ {state})", "This nomination has already been approved (state {state})."
    ),
    "already-rejected": ProblemText(409, "รายการเสนอชื่อนี้ไม่ได้รับอนุมัติไปแล้ว", "This nomination has already been rejected."),
    "already-withdrawn": ProblemText(409, "รายการเสนอชื่อนี้สละสิทธิ์ไปแล้ว", "This nomination has already been withdrawn."),
    "not-confirmed": ProblemText(
        409,
        "เปลี่ยนตัวได้เฉพาะผู้ที่ได้รับการยืนยันสิทธิ์แล้ว (สถานะปัจจุบัน {state})",
        "Only a confirmed nomination can be substituted (state now {state}).",
    ),
    "run-closed": ProblemText(409, "รุ่นนี้ปิดรับการดำเนินการแล้ว", "This run is closed."),
    "nomination-not-open": ProblemText(
        409, "ขณะนี้ไม่อยู่ในช่วงเวลาเปิดรับการเสนอชื่อของรุ่นนี้", "This run does not take nominations now."
    ),
    "substitute-of-other-unit": ProblemText(
        409, "ผู้แทนต้องเป็นบุคลากรของหน่วยงานเดียวกัน ({unit})", "A substitute must belong to the same unit ({unit})."
    ),
    "unknown-target": ProblemText(422, "ไม่พบกลุ่มเป้าหมาย {target} ในรุ่นนี้", "This run has no target group {target}."),
    "unknown-unit": ProblemText(422, "ไม่พบหน่วยงาน {unit}", "There is no unit {unit}."),
    "bangkok-has-no-office": ProblemText(
        422,
        "กรุงเทพมหานครไม่มีสำนักงานจังหวัด จึงจัดสรรที่นั่งของส่วนภูมิภาคให้ไม่ได้",
        "Bangkok has no provincial office and cannot be given provincial seats.",
    ),
    "bucket-out-of-scope": ProblemText(
        422,
        "หน่วยงาน {unit} ไม่อยู่ในขอบเขตของกลุ่มเป้าหมาย {target}",
        "The unit {unit} is outside the scope of the target group {target}.",
    ),
    "bucket-twice": ProblemText(
        422,
        "ระบุหน่วยงาน {unit} ในกลุ่มเป้าหมาย {target} ซ้ำกัน",
        "The unit {unit} is given twice for the target group {target}.",
    ),
    "seats-above-capacity": ProblemText(
        409,
        "จำนวนที่นั่งรวม {seats} ที่ เกินกว่าที่รุ่นนี้รับได้ {capacity} ที่",
        "{seats} seats in all are more than the capacity of the run, {capacity}.",
    ),
    "seats-above-target": ProblemText(
        409,
        "ที่นั่งของกลุ่มเป้าหมาย {target} รวม {seats} ที่ เกินจำนวนที่กำหนด {limit} ที่",
        "{seats} seats for the target group {target} are more than its {limit}.",
    ),
    "seats-below-confirmed": ProblemText(
        409,
        "ลดที่นั่งของหน่วยงาน {unit} เหลือ {seats} ที่ไม่ได้ เพราะยืนยันสิทธิ์ไปแล้ว {confirmed} ราย",
        "The unit {unit} cannot have {seats} seats: {confirmed} are confirmed already.",
    ),
}
