"""The kinds of papers, and the forms that each is made in. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    NOMINATION_REQUEST = "nomination-request"  # asks units for names
    NOMINATION_LETTER = "nomination-letter"  # a unit sends its names
    APPOINTMENT_ORDER = "appointment-order"  # who is to come, by order
    ATTENDANCE_SHEET = "attendance-sheet"  # where people sign on a day
    CERTIFICATE_LIST = "certificate-list"  # who has got a certificate


class Format(StrEnum):
    PDF = "pdf"
    DOCX = "docx"

    @property
    def media_type(self) -> str:
        if self is Format.PDF:
            return "application/pdf"
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
