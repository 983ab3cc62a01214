"""Defects of what is stored and reported about groups and ideas. No tests in here."""

from typing import Final

from tests.integration.operate.plants import ENROLMENT, REPORTING, Defect, copied, gone, wrong

GROUPED: Final = (
    Defect("in another group", "groups", wrong(ENROLMENT, "group_members", {}, "group", 9, 0, "{key} is in group 9")),
    Defect("member missing", "groups", gone(ENROLMENT, "group_members", {}, 1, "{key} is in group None")),
    Defect(
        "member too many",
        "groups",
        copied(ENROLMENT, "group_members", {}, "n-g", "n-g is in group", person="somebody"),
    ),
    Defect("sizes", "groups", wrong(ENROLMENT, "workshops", {}, "sizes", [9, 9], says="{key} has groups of [9, 9]")),
    Defect(
        "idea given up",
        "groups",
        wrong(ENROLMENT, "ideas", {"state": "SUBMITTED"}, "state", "WITHDRAWN", says="idea {key} is WITHDRAWN"),
    ),
    Defect("awards", "worked", wrong(REPORTING, "workshops_active", {}, "awards", 7, says="groups and ideas are")),
)
