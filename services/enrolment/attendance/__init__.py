"""Attendance: who was there in which session, for how long, and what was put right.

The face: all that another feature may import. Pure; `Attendance.shares` is handed over by the composition root.
"""

from services.enrolment.attendance.domain.shares import Share

__all__ = ["Share"]
