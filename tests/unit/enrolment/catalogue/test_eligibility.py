"""Who may be nominated into which target group."""

import pytest

from services.enrolment.catalogue.domain.eligibility import (
    NotEligible,
    TargetGroup,
    TargetScope,
    WrongLevel,
    WrongPosition,
    WrongPost,
    WrongScope,
    WrongUnitFunction,
    misfit,
)
from services.enrolment.catalogue.storage.targets import target_document, target_of
from services.enrolment.directory import Assignment, Held
from shared.events.directory import InPost

HEAD = Held("PO-50", "PROV_HEAD", InPost.HOLDER)
ACTING = Held("PO-50", "PROV_HEAD", InPost.ACTING)
ACTING_GROUP = Held("PO-50.HR", "GROUP_HEAD", InPost.ACTING)
PROVINCIAL_HR = TargetGroup("PROV_HR", TargetScope.PROVINCIAL, unit="PO.HR", seats=76, per_unit=1)
CENTRAL_HR = TargetGroup("CENTRAL_HR", TargetScope.CENTRAL, seats=24)
HEADS = TargetGroup("PROV_HEAD", TargetScope.PROVINCIAL, levels=("M2",), posts=("PROV_HEAD",))
EVERYBODY_HR = TargetGroup("HR", TargetScope.BOTH, unit="PO.HR")
PERSONNEL = TargetGroup("PERS", TargetScope.CENTRAL, unit="PERS")
ANALYSTS = TargetGroup("PLAN", TargetScope.BOTH, positions=("นักวิเคราะห์นโยบายและแผน",))


@pytest.mark.parametrize(
    ("target", "person"),
    [
        (PROVINCIAL_HR, Assignment("PO-50.HR")),
        (PROVINCIAL_HR, Assignment("PO-50")),
        (CENTRAL_HR, Assignment("PERS")),
        (CENTRAL_HR, Assignment("OPS")),
        (HEADS, Assignment("PO-50", level="M2", held=(HEAD,))),
        (HEADS, Assignment("PO-51", level="K3", position="นิติกร", held=(ACTING,))),
        (HEADS, Assignment("PO-50", level="M2", held=(ACTING, HEAD))),
        (EVERYBODY_HR, Assignment("PO-95.HR")),
        (EVERYBODY_HR, Assignment("DRI")),
        (PERSONNEL, Assignment("PERS.TRAINING")),
        (TargetGroup("ALL", TargetScope.BOTH), Assignment("PO-10.ADM")),
        (TargetGroup("OPS", TargetScope.BOTH, unit="OPS"), Assignment("ICT")),
        (TargetGroup("PO", TargetScope.BOTH, unit="PO"), Assignment("PO-11.DD")),
        (ANALYSTS, Assignment("BPAD", position="นักวิเคราะห์นโยบายและแผน")),
    ],
)
def test_an_eligible_person_is_accepted(target: TargetGroup, person: Assignment) -> None:
    assert misfit(target, person) is None


@pytest.mark.parametrize(
    ("target", "person", "refusal", "details"),
    [
        (PROVINCIAL_HR, Assignment("PERS"), WrongScope, {"scope": "PROVINCIAL"}),
        (CENTRAL_HR, Assignment("PO-50.HR"), WrongScope, {"scope": "CENTRAL"}),
        (PROVINCIAL_HR, Assignment("PO-50.ADM"), WrongUnitFunction, {"function": "PO.HR", "unit": "PO-50.ADM"}),
        (PERSONNEL, Assignment("PERSX"), WrongUnitFunction, {"function": "PERS", "unit": "PERSX"}),
        (TargetGroup("O", TargetScope.BOTH, unit="OPS"), Assignment("PO-50"), WrongUnitFunction, {"unit": "PO-50"}),
        (HEADS, Assignment("PO-50", level="K3", held=(HEAD,)), WrongLevel, {"levels": "M2", "level": "K3"}),
        (HEADS, Assignment("PO-50", held=(HEAD,)), WrongLevel, {"level": None}),
        (HEADS, Assignment("PO-50", level="K3", held=(ACTING, HEAD)), WrongLevel, {"level": "K3"}),
        (HEADS, Assignment("PO-50", level="K3", held=(ACTING_GROUP,)), WrongLevel, {"level": "K3"}),
        (HEADS, Assignment("PO-50", level="M2", held=(ACTING_GROUP,)), WrongPost, {"posts": "PROV_HEAD"}),
        (HEADS, Assignment("PO-50", level="M2", post="PROV_HEAD"), WrongPost, {"posts": "PROV_HEAD"}),
        (HEADS, Assignment("PO-50", level="M2"), WrongPost, {"posts": "PROV_HEAD", "post": None}),
        (ANALYSTS, Assignment("PO-50", position="นิติกร"), WrongPosition, {"position": "นิติกร"}),
    ],
)
def test_an_ineligible_person_is_refused(
    target: TargetGroup, person: Assignment, refusal: type[NotEligible], details: dict[str, object]
) -> None:
    refused = misfit(target, person)
    assert type(refused) is refusal
    assert refused.details["target"] == target.key
    assert details.items() <= refused.details.items()


@pytest.mark.parametrize("target", [PROVINCIAL_HR, CENTRAL_HR, HEADS, ANALYSTS])
def test_a_target_group_survives_storage(target: TargetGroup) -> None:
    assert target_of(target_document(target)) == target


def test_storage_leaves_out_empty_rules() -> None:
    assert target_document(CENTRAL_HR) == {"key": "CENTRAL_HR", "scope": "CENTRAL", "seats": 24}
