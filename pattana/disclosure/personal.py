"""What all services answer to whom their data are about, and to who answers for the data of people."""

from typing import Final

from pattana.disclosure.answers import Answer, fields, who
from services import SERVICES

#                       HR_OFFICER EXECUTIVE PROVINCIAL_HR SUPERVISOR LEARNER OBSERVER OPERATOR INTEGRATION DEVICE
EXPORTERS: Final = who("all        own       own           own        own     -        -        -           -")
EXPORT: Final = fields(
    (
        EXPORTERS,
        "person service madeAt law elsewhere[] absent[].what absent[].why kinds[].kind kinds[].title kinds[].purpose "
        "kinds[].kept kinds[].source kinds[].records[].{}",
    )
)
PERSONAL: Final = (
    Answer("data of a person", tuple(f"GET /api/{service}/people/{{person}}/export" for service in SERVICES), EXPORT),
    Answer("data of a person as PDF", ("GET /api/enrolment/people/{person}/export/pdf",), {}, "to who gets the JSON"),
)
