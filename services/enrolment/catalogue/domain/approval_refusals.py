"""Refusals about a programme's route of approval."""

from shared.errors import Refused


class NobodyToEscalateTo(
    Refused,
    code="nobody-to-escalate-to",
    status=422,
    th="ขั้นสุดท้าย ({step}) ไม่มีขั้นถัดไปให้ส่งต่อเมื่อเลยกำหนด โปรดกำหนดเป็น EXPIRE หรือเพิ่มขั้นถัดไป",
    en="The last step, {step}, has no next one to go to after its deadline. Use EXPIRE, or add a step.",
):
    """Details: step."""
