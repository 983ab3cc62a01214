"""Programmes, their life cycle, their runs, and who they are for.

The face: all that another feature may import. Pure; what reads and writes is handed over by the composition root.
"""

from services.enrolment.catalogue.domain.eligibility import NotEligible, TargetGroup, TargetScope, misfit
from services.enrolment.catalogue.domain.runs import OfferedRun, RunState

__all__ = ["NotEligible", "OfferedRun", "RunState", "TargetGroup", "TargetScope", "misfit"]
