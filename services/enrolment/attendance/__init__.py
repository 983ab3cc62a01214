"""Attendance: who was there in which session, for how long, and what was put right.

The face: all that another feature may import. Pure; what reads shares of runs and training of years is handed over by
the composition root.
"""

from services.enrolment.attendance.domain.shares import Share
from services.enrolment.attendance.domain.training import Trained, TrainingTarget, TrainingTargets

__all__ = ["Share", "Trained", "TrainingTarget", "TrainingTargets"]
