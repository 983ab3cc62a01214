"""Refusals about nominations ex officio, each of one post: NotInPost, PredecessorNominated, ExOfficioEnded."""

from shared.errors import Refused


class NotInPost(
    Refused,
    code="not-in-post",
    status=409,
    th="บุคคลนี้ไม่ได้อยู่ในตำแหน่ง {post} ของ {unit} ในวันอบรมแล้ว กรุณาสั่งเสนอชื่อโดยตำแหน่งอีกครั้ง",
    en="On the day of the run this person is not in the post {post} of {unit} any more. Please repeat the nomination "
    "ex officio.",
):
    """It has changed meanwhile. Details: unit, post."""


class PredecessorNominated(
    Refused,
    code="predecessor-nominated",
    status=409,
    th="ตำแหน่งนี้มีการเสนอชื่อผู้อื่นซึ่งไม่ได้อยู่ในตำแหน่งแล้ว ระบบจึงไม่เสนอชื่อซ้ำ กรุณาเปลี่ยนตัวผู้เข้าอบรม หรือถอนการเสนอชื่อเดิมก่อน",
    en="Somebody who is not in this post any more is nominated for it. Please give the seat to the successor "
    "(substitute), or withdraw that nomination first.",
):
    """Details: nomination, path, state."""


class ExOfficioEnded(
    Refused,
    code="ex-officio-ended",
    status=409,
    th="การเสนอชื่อบุคคลนี้โดยตำแหน่งสิ้นสุดแล้ว ระบบจึงไม่เสนอชื่อซ้ำ หากต้องการให้เข้าอบรมกรุณาเสนอชื่อเป็นรายบุคคล",
    en="The nomination ex officio of this person came to its end, and is not repeated. If he or she is to come after "
    "all, please nominate the person.",
):
    """It was withdrawn or rejected, and somebody meant it. Details: nomination, path, state."""
