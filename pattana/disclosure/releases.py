"""What the enrolment service answers about seats that were released."""

from typing import Final

from pattana.disclosure.answers import COLLEAGUES, COUNTS, PEOPLE, Answer, Fields, fields, page_of

# Of who waits since the seats of the unit were released; in answers to commands alone.
NOTICED: Final = fields((PEOPLE, "notice.code notice.th notice.en"))
RELEASED: Final[Fields] = fields(
    (COUNTS, "target fromUnit toUnit at reason.code reason.th reason.en reason.confirmed reason.of"),
    (COLLEAGUES, "nomination"),
)
RELEASES: Final = (Answer("released seats", ("GET /api/enrolment/runs/{run}/releases",), page_of(RELEASED, COUNTS)),)
