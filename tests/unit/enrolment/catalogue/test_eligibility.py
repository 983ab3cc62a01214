"""Who may be nominated into which target group."""

import pytest

from services.enrolment.catalogue.eligibility import (
    Candidate,
    NotEligible,
    Reach,
    TargetGroup,
    WrongLevel,
    WrongPosition,
    WrongPost,
    WrongScope,
    WrongUnitFunction,
    check,
    target_document,
    target_of,
)

PROVINCIAL_HR = TargetGroup("PROV_HR", Reach.PROVINCIAL, unit="PO.HR", seats=76, per_unit=1)
CENTRAL_HR = TargetGroup("CENTRAL_HR", Reach.CENTRAL, seats=24)
HEADS = TargetGroup("PROV_HEAD", Reach.PROVINCIAL, levels=("M2",), posts=("PROV_HEAD",))
EVERYBODY_HR = TargetGroup("HR", Reach.BOTH, unit="PO.HR")
PERSONNEL = TargetGroup("PERS", Reach.CENTRAL, unit="PERS")
ANALYSTS = TargetGroup("PLAN", Reach.BOTH, positions=("นักวิเคราะห์นโยบายและแผน",))


@pytest.mark.parametrize(
    ("target", "candidate"),
    [
        (PROVINCIAL_HR, Candidate("PO-50.HR")),
        (PROVINCIAL_HR, Candidate("PO-50")),
        (CENTRAL_HR, Candidate("PERS")),
        (CENTRAL_HR, Candidate("OPS")),
        (HEADS, Candidate("PO-50", level="M2", post="PROV_HEAD")),
        (EVERYBODY_HR, Candidate("PO-95.HR")),
        (EVERYBODY_HR, Candidate("DRI")),
        (PERSONNEL, Candidate("PERS.TRAINING")),
        (TargetGroup("ALL", Reach.BOTH), Candidate("PO-10.ADM")),
        (TargetGroup("OPS", Reach.BOTH, unit="OPS"), Candidate("ICT")),
        (TargetGroup("PO", Reach.BOTH, unit="PO"), Candidate("PO-11.DD")),
        (ANALYSTS, Candidate("BPAD", position="นักวิเคราะห์นโยบายและแผน")),
    ],
)
def test_who_fits(target: TargetGroup, candidate: Candidate) -> None:
    check(target, candidate)


@pytest.mark.parametrize(
    ("target", "candidate", "refusal", "facts"),
    [
        (PROVINCIAL_HR, Candidate("PERS"), WrongScope, {"scope": "PROVINCIAL"}),
        (CENTRAL_HR, Candidate("PO-50.HR"), WrongScope, {"scope": "CENTRAL"}),
        (PROVINCIAL_HR, Candidate("PO-50.ADM"), WrongUnitFunction, {"function": "PO.HR", "unit": "PO-50.ADM"}),
        (PERSONNEL, Candidate("PERSX"), WrongUnitFunction, {"function": "PERS", "unit": "PERSX"}),
        (TargetGroup("O", Reach.BOTH, unit="OPS"), Candidate("PO-50"), WrongUnitFunction, {"unit": "PO-50"}),
        (HEADS, Candidate("PO-50", level="K3", post="PROV_HEAD"), WrongLevel, {"levels": "M2", "level": "K3"}),
        (HEADS, Candidate("PO-50", post="PROV_HEAD"), WrongLevel, {"level": None}),
        (HEADS, Candidate("PO-50", level="M2"), WrongPost, {"posts": "PROV_HEAD", "post": None}),
        (ANALYSTS, Candidate("PO-50", position="นิติกร"), WrongPosition, {"position": "นิติกร"}),
    ],
)
def test_who_does_not_fit(
    target: TargetGroup, candidate: Candidate, refusal: type[NotEligible], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        check(target, candidate)
    assert type(refused.value) is refusal
    assert refused.value.details["target"] == target.key
    assert facts.items() <= refused.value.details.items()


@pytest.mark.parametrize("target", [PROVINCIAL_HR, CENTRAL_HR, HEADS, ANALYSTS])
def test_a_target_group_survives_storage(target: TargetGroup) -> None:
    assert target_of(target_document(target)) == target


def test_storage_leaves_out_what_binds_nobody() -> None:
    assert target_document(CENTRAL_HR) == {"key": "CENTRAL_HR", "scope": "CENTRAL", "seats": 24}
