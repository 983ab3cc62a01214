"""Programmes, their life cycle, their runs, and who they are for.

The face: all that another feature may import. Pure; what reads and writes is handed over by the composition root.
"""

from services.enrolment.catalogue.domain.approval import ApprovalStep, OnDeadline, Route
from services.enrolment.catalogue.domain.certificate import Course
from services.enrolment.catalogue.domain.checks import CHECKS, Check, Checks, Judged, Policy
from services.enrolment.catalogue.domain.clashing import Clashes, ClashRow, Elsewhere
from services.enrolment.catalogue.domain.closing_refusals import (
    RunBeingMoved,
    RunCancelled,
    RunStarted,
)
from services.enrolment.catalogue.domain.description import OnMove
from services.enrolment.catalogue.domain.dividing import DivideBy, Division
from services.enrolment.catalogue.domain.dividing_refusals import TooManySeats
from services.enrolment.catalogue.domain.eligibility import NotEligible, TargetGroup, TargetScope, misfit
from services.enrolment.catalogue.domain.on_paper import RunOnPaper
from services.enrolment.catalogue.domain.organising import is_organised_in, require_organised_in
from services.enrolment.catalogue.domain.refusals import RunEnded
from services.enrolment.catalogue.domain.release import Release, ReleaseRule
from services.enrolment.catalogue.domain.rules_of_certificates import CertificateRule
from services.enrolment.catalogue.domain.runs import OfferedRun, RunState
from services.enrolment.catalogue.domain.spans import OtherRun, encloses, overlap
from services.enrolment.catalogue.domain.waiting_lists import FromPool, NotTaken, PoolOrder, WaitingLists

__all__ = [
    "CHECKS",
    "ApprovalStep",
    "CertificateRule",
    "Check",
    "Checks",
    "ClashRow",
    "Clashes",
    "Course",
    "DivideBy",
    "Division",
    "Elsewhere",
    "FromPool",
    "Judged",
    "NotEligible",
    "NotTaken",
    "OfferedRun",
    "OnDeadline",
    "OnMove",
    "OtherRun",
    "Policy",
    "PoolOrder",
    "Release",
    "ReleaseRule",
    "Route",
    "RunBeingMoved",
    "RunCancelled",
    "RunEnded",
    "RunOnPaper",
    "RunStarted",
    "RunState",
    "TargetGroup",
    "TargetScope",
    "TooManySeats",
    "WaitingLists",
    "encloses",
    "is_organised_in",
    "misfit",
    "overlap",
    "require_organised_in",
]
