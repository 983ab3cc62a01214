"""What the enrolment service answers about development plans."""

from typing import Final

from pattana.disclosure.answers import PEOPLE, Answer, below, fields, page_of, who

_PLANS: Final = "/api/enrolment/plans"
_ONE: Final = f"{_PLANS}/{{plan}}"
OWNERS: Final = who("     -          -         -             -          own     -        -        -           -")
DECIDERS: Final = who("   -          -         -             unit       -       -        -        -           -")
CODES: Final = who("      all        -         all           all        all     -        -        -           -")
_SUMMARY: Final = (
    "id person unit fiscalYear state version rowCount doneCount submittedAt decidedAt decidedBy reopened erased"
)
_ROW: Final = (
    "row competency requiredLevel currentLevel gap method startsOn endsOn note doneAt result "
    "nomination nominationRun nominationState nominatedAt"
)

PLAN: Final = fields((PEOPLE, _SUMMARY))
PLANS: Final = (
    Answer(
        "competencies",
        ("GET /api/enrolment/competencies",),
        fields(
            (CODES, "competencies[].code competencies[].kind competencies[].th competencies[].en"),
            (CODES, "methods[].code methods[].th methods[].en"),
        ),
    ),
    Answer("plans", (f"GET {_PLANS}",), page_of(PLAN, PEOPLE), "offices, and people their own"),
    Answer(
        "plan",
        (f"GET {_ONE}",),
        {**PLAN, **below("rows[].", fields((PEOPLE, _ROW))), **fields((PEOPLE, "reason"))},
    ),
    Answer(
        "training",
        (f"GET {_PLANS}/hours",),
        page_of(
            fields(
                (PEOPLE, "person unit fiscalYear sessions minutes hours days targetHours targetDays targetReached"),
                (PEOPLE, "plan planState"),
            ),
            PEOPLE,
        ),
        "of people with a plan and without one",
    ),
    Answer(
        "own plan changed",
        (
            f"POST {_PLANS}",
            f"PUT {_ONE}",
            *(f"POST {_ONE}/{action}" for action in ("submit", "recall", "revise")),
            *(f"POST {_ONE}/rows/{{row}}/{action}" for action in ("complete", "reopen")),
        ),
        dict.fromkeys(PLAN, OWNERS),
        "without rows and texts, which are read",
    ),
    Answer(
        "plan decided",
        tuple(f"POST {_ONE}/{action}" for action in ("agree", "return", "close")),
        dict.fromkeys(PLAN, DECIDERS),
        "without rows and texts, which are read",
    ),
)
