"""Every refusal about programmes and runs as people read it, and the status it is answered with."""

from collections.abc import Mapping
from typing import Final

from shared.http import ProblemText

NOT_ELIGIBLE: Final[Mapping[str, ProblemText]] = {
    "wrong-scope": ProblemText(
        422,
        "กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรในขอบเขต {scope} บุคคลนี้อยู่นอกขอบเขตดังกล่าว",
        "The target group {target} is for people of scope {scope} only.",
    ),
    "wrong-unit-function": ProblemText(
        422,
        "กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรของ {function} แต่บุคคลนี้สังกัด {unit}",
        "The target group {target} is for people of {function}, but this person is of {unit}.",
    ),
    "wrong-level": ProblemText(
        422,
        "กลุ่มเป้าหมาย {target} รับเฉพาะระดับ {levels} บุคคลนี้ไม่ได้อยู่ในระดับดังกล่าว",
        "The target group {target} is for the levels {levels}, and this person is of another.",
    ),
    "wrong-post": ProblemText(
        422,
        "กลุ่มเป้าหมาย {target} รับเฉพาะผู้ดำรงตำแหน่งทางการบริหาร {posts}",
        "The target group {target} is for holders of the posts {posts} only.",
    ),
    "wrong-position": ProblemText(
        422,
        "กลุ่มเป้าหมาย {target} รับเฉพาะตำแหน่ง {positions}",
        "The target group {target} is for the positions {positions} only.",
    ),
}

PROBLEMS: Final[Mapping[str, ProblemText]] = {
    **NOT_ELIGIBLE,
    "programme-not-draft": ProblemText(
        409,
        "โครงการนี้ส่งขออนุมัติไปแล้ว จึงแก้ไขหรือส่งซ้ำไม่ได้",
        "This programme has already been submitted; it can no longer be rewritten or submitted.",
    ),
    "programme-not-submitted": ProblemText(
        409,
        "โครงการนี้ไม่ได้อยู่ระหว่างรอการอนุมัติ จึงอนุมัติไม่ได้",
        "This programme does not wait for approval.",
    ),
    "programme-not-approved": ProblemText(
        409,
        "ประกาศได้เฉพาะโครงการที่ผู้บริหารอนุมัติแล้วและยังไม่ได้ประกาศ",
        "Only a programme that has been approved, and was not published before, can be published.",
    ),
    "programme-not-published": ProblemText(
        409, "ปิดได้เฉพาะโครงการที่ประกาศแล้ว", "Only a published programme can be closed."
    ),
    "programme-ended": ProblemText(
        409,
        "โครงการนี้ปิดหรือยกเลิกไปแล้ว จึงดำเนินการใด ๆ ไม่ได้อีก",
        "This programme has been closed or cancelled; nothing more can be done with it.",
    ),
    "runs-fixed": ProblemText(
        409,
        "เพิ่มรุ่นได้เฉพาะเมื่อโครงการเป็นร่าง หรืออนุมัติแล้วแต่ยังไม่ประกาศ",
        "Runs can be added to a draft, or to an approved programme before it is published.",
    ),
    "own-programme": ProblemText(
        403,
        "ผู้จัดทำหรือผู้เสนอโครงการไม่สามารถอนุมัติโครงการของตนเองได้",
        "Who made or submitted a programme cannot approve it.",
    ),
    "no-runs": ProblemText(
        422, "โครงการนี้ยังไม่มีกำหนดการ กรุณาเพิ่มอย่างน้อยหนึ่งรุ่น", "This programme has no run yet. Please add one."
    ),
    "no-target-groups": ProblemText(
        422,
        "โครงการนี้ยังไม่ได้กำหนดกลุ่มเป้าหมาย",
        "This programme has no target group yet. Please say for whom it is meant.",
    ),
    "run-without-seats": ProblemText(
        409,
        "รุ่นที่ {cohort} ยังไม่ได้จัดสรรที่นั่งให้หน่วยงาน จึงประกาศโครงการไม่ได้",
        "No seats of run {cohort} have been given to units yet, so the programme cannot be published.",
    ),
    "programme-code-taken": ProblemText(
        409,
        "มีโครงการรหัส {programme_code} อยู่แล้ว กรุณาใช้รหัสอื่น",
        "There is already a programme with the code {programme_code}. Please choose another.",
    ),
    "fiscal-year-mismatch": ProblemText(
        422,
        "วันเริ่มต้นอยู่ในปีงบประมาณ พ.ศ. {derived} แต่ระบุเป็นปีงบประมาณ พ.ศ. {given}",
        "The start lies in fiscal year {derived}, but the programme is of fiscal year {given}.",
    ),
    "fiscal-year-missing": ProblemText(
        422,
        "กรุณาระบุปีงบประมาณ หรือกำหนดวันเริ่มต้นของรุ่นแรก",
        "Please say the fiscal year, or when the first run starts.",
    ),
    "target-twice": ProblemText(
        422, "มีกลุ่มเป้าหมาย {target} มากกว่าหนึ่งรายการ", "The target group {target} is there more than once."
    ),
    "target-with-seats": ProblemText(
        409,
        "กลุ่มเป้าหมาย {target} จัดสรรที่นั่งแล้ว จึงตัดออกไม่ได้",
        "Seats of the target group {target} have been given out, so it cannot be left out.",
    ),
    "seats-above-total": ProblemText(
        422,
        "ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินจำนวนทั้งหมด {total} ที่",
        "The target groups have {seats} seats together, more than the total of {total}.",
    ),
    "seats-above-runs": ProblemText(
        422,
        "ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินความจุของทุกรุ่นรวม {capacity} ที่",
        "The target groups have {seats} seats together, but the runs hold {capacity}.",
    ),
    "unknown-unit-function": ProblemText(
        422,
        "สำนักงานจังหวัดไม่มีกลุ่มงาน {function}",
        "No provincial office has the group {function}.",
    ),
    "run-times": ProblemText(
        422,
        "เวลาสิ้นสุดต้องอยู่หลังเวลาเริ่มต้น และทุกช่วงต้องอยู่ภายในรุ่น",
        "A run must end after it starts, and its sessions must lie within it.",
    ),
    "session-times": ProblemText(
        422,
        "ช่วงที่ {session} สิ้นสุดก่อนเริ่ม หรือทับซ้อนกับช่วงก่อนหน้า",
        "Session {session} ends before it starts, or overlaps the one before.",
    ),
    "window-times": ProblemText(
        422,
        "วันปิดรับการเสนอชื่อต้องอยู่หลังวันเปิดรับ และไม่เกินวันสิ้นสุดของรุ่น",
        "Nomination must close after it opens, and not after the run has ended.",
    ),
    "cohort-twice": ProblemText(
        409, "โครงการนี้มีรุ่นที่ {cohort} อยู่แล้ว", "This programme already has a run number {cohort}."
    ),
    "capacity-below-allocated": ProblemText(
        409,
        "จัดสรรที่นั่งไปแล้ว {allocated} ที่ จึงลดความจุเหลือ {capacity} ไม่ได้",
        "{allocated} seats have been given out, so the capacity cannot be {capacity}.",
    ),
    "run-clock-locked": ProblemText(
        403,
        "ระบบนี้ไม่อนุญาตให้กำหนดเวลาจำลองของรุ่น",
        "This installation does not let the time of a run be set.",
    ),
}

# What is worth a second look; the command is carried out all the same.
NOTICES: Final[Mapping[str, ProblemText]] = {
    "not-a-working-day": ProblemText(200, "วันที่ {date} เป็นวันหยุดสุดสัปดาห์", "{date} is a Saturday or a Sunday."),
    "on-a-holiday": ProblemText(
        200, "วันที่ {date} เป็นวันหยุดราชการ ({holiday})", "{date} is a holiday of the government ({holiday})."
    ),
    "venue-taken": ProblemText(
        200,
        "สถานที่เดียวกันมีกำหนดการอื่นในเวลาเดียวกัน: {by}",
        "Another run is held at the same place in the same time: {by}",
    ),
}
