"""What an answer to a command says beside the nomination, where somebody may wonder. Pure."""

from typing import Final

from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.transitions import WAITLISTED
from services.enrolment.seats.http.responses import NominationResponse, NoticeResponse, nomination_response
from shared.rights import Scope

SEATS_RELEASED: Final[NoticeResponse] = {
    "code": "seats-released",
    "th": "ที่นั่งของหน่วยงานนี้ที่ไม่มีผู้ใช้สิทธิ์ถูกนำกลับเมื่อถึงวันคืนที่นั่งแล้ว รายชื่อนี้จึงอยู่ในบัญชีสำรอง และจะได้รับการเลื่อนเมื่อมีที่นั่งว่าง",
    "en": "Unclaimed seats of this unit were taken back on the day of the release. This nomination waits until a seat "
    "comes free.",
}


def decided_response(nomination: Nomination, bucket: Bucket, scope: Scope) -> NominationResponse:
    """Who waits because the unit has given up its seats is told so."""
    response = nomination_response(nomination, scope)
    if nomination.state is WAITLISTED and bucket.released:
        response["notice"] = SEATS_RELEASED
    return response
