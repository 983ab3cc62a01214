"""A run and a programme in which nothing is left out that an answer can hold."""

from typing import Final

PERSONNEL: Final = "PERS"
OFFICIAL: Final = {"name": "นายณัฐภัทร สุวรรณประทีป", "position": "หัวหน้าผู้ตรวจราชการ", "onBehalfOf": "ปลัดกระทรวงมหาดไทย"}
TARGETS: Final = (
    {
        "key": "PROV",
        "name": "จังหวัด",
        "scope": "PROVINCIAL",
        "unit": "PO.HR",
        "levels": ["K2"],
        "seats": 12,
        "perUnit": 6,
    },
    {"key": "CENTRE", "scope": "CENTRAL", "seats": 3},
    {"key": "HEADS", "scope": "PROVINCIAL", "posts": ["PROV_HEAD"], "positions": ["ผู้อำนวยการ"]},
)
RUN_BODY: Final = {
    "capacity": 15,
    "startsAt": "2027-03-01T09:00:00+07:00",
    "endsAt": "2027-03-01T16:00:00+07:00",
    "sessions": [{"startsAt": "2027-03-01T09:00:00+07:00", "endsAt": "2027-03-01T16:00:00+07:00", "title": "เช้า"}],
    "venue": {
        "name": "ห้อง",
        "room": "1",
        "floor": "2",
        "building": "3",
        "site": "4",
        "district": "เขตบางพลัด",
        "provinceCode": "10",
    },
    "opensAt": "2020-01-01T00:00:00+07:00",
    "closesAt": "2027-02-01T00:00:00+07:00",
}
PROGRAMME: Final = {
    "kind": "TRAINING",
    "organiser": PERSONNEL,
    "chair": OFFICIAL,
    "reporter": OFFICIAL,
    "speakers": [OFFICIAL],
    "methods": ["LECTURE"],
    "topics": ["งานบุคคล"],
    "objectives": ["รู้"],
    "expectedOutcomes": ["ทำได้"],
    "indicators": ["ร้อยละ 80"],
    "frameworkTags": ["ISSUE_1"],
    "course": "HR-BASICS",
    "planYears": [2570],
    "certificate": {"attendancePct": 80, "forms": ["REACTION"]},
    "closeOutDays": 90,
    "reminders": ["D-14", "D-1"],
    "forms": ["PRE", "POST", "REACTION", "TRANSFER"],
    "totalSeats": 15,
    "approvalRoute": [{"step": "SUPERVISOR", "days": 60, "onDeadline": "EXPIRE"}, "ORGANISER"],
    "targetGroups": TARGETS,
    "runs": [RUN_BODY],
}
