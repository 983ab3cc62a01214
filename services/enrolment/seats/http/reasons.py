"""Why a unit gets the seats that are proposed, or why seats are left out: in both languages, for people who decide."""

from collections.abc import Mapping
from typing import Final

from services.enrolment.seats.domain.proposals import Why

REASONS: Final[Mapping[Why, tuple[str, str]]] = {
    Why.PER_UNIT: ("หน่วยงานละ {each} ที่", "{each} for each unit."),
    Why.PER_UNIT_SHORT: (
        "หน่วยงานละ {each} ที่ แต่ที่นั่งมีไม่พอ จึงเวียนให้ทีละที่ตามลำดับรหัสหน่วยงาน",
        "{each} for each unit; there are too few, so they go round one by one in the order of codes.",
    ),
    Why.POOL: ("เป็นที่นั่งส่วนรวมของกลุ่มเป้าหมาย", "The common seats of the target group."),
    Why.POOL_SHARE: (
        "แบ่งระหว่างส่วนรวมตามจำนวนผู้อยู่ในกลุ่มเป้าหมาย: {people} จาก {of} คน",
        "The pools share by the people who belong to the group: {people} of {of}.",
    ),
    Why.PER_POST: ("ผู้ดำรงตำแหน่งคนละหนึ่งที่ ({holders} คน)", "One for each holder of the post ({holders})."),
    Why.BY_HEAD_COUNT: (
        "ตามสัดส่วนจำนวนผู้อยู่ในกลุ่มเป้าหมาย: {people} จาก {of} คน",
        "By the number of people who belong to the group: {people} of {of}.",
    ),
    Why.BY_LAST_YEAR: (
        "ตามการใช้ที่นั่งครั้งก่อน: ยืนยันสิทธิ์ {confirmed} จาก {of} ราย",
        "By the seats that were used before: {confirmed} of {of} confirmed.",
    ),
    Why.NO_HOLDER: (
        "ไม่พบผู้ดำรงตำแหน่งในทะเบียน ตำแหน่งอาจว่างอยู่หรือยังไม่ได้นำเข้าข้อมูล",
        "No holder of the post is known: it is vacant, or the person is still to be imported.",
    ),
    Why.MORE_THAN_PEOPLE: (
        "ผู้อยู่ในกลุ่มเป้าหมายมีเพียง {people} คน ที่นั่งส่วนที่เกินจึงไม่ได้จัดสรร",
        "Only {people} people belong to the group; the seats beyond are given to nobody.",
    ),
    Why.NOBODY_KNOWN: (
        "ไม่พบผู้อยู่ในกลุ่มเป้าหมายในทะเบียนของหน่วยงานเหล่านี้",
        "Nobody who belongs to the group is known in these units.",
    ),
    Why.NOTHING_LAST_YEAR: (
        "ครั้งก่อนไม่มีผู้ได้รับการยืนยันสิทธิ์ในกลุ่มเป้าหมายนี้",
        "Nobody was confirmed in this target group before.",
    ),
    Why.TOTAL_NOT_SPLIT: (
        "กำหนดไว้เป็นจำนวนรวม ยังไม่ได้แบ่งให้หน่วยงานใด จึงยังประกาศโครงการไม่ได้",
        "A total that is not split yet; the programme cannot be published so.",
    ),
    Why.TARGET_LIMIT: ("เกินจำนวนที่นั่งของกลุ่มเป้าหมาย", "More than the seats of the target group."),
    Why.CAPACITY_USED_UP: ("เกินจำนวนที่รุ่นนี้รับได้", "More than the capacity of the run."),
}
