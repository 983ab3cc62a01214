"""Refusals about the forms of a programme."""

from shared.errors import Refused


class FormTwice(
    Refused,
    code="form-twice",
    status=422,
    th="แบบ {form} ปรากฏซ้ำในรายการแบบของโครงการ กรุณาระบุเพียงครั้งเดียว",
    en="The form {form} is listed twice. Please name each form once.",
):
    """Details: form."""
