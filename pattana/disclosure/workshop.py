"""What the enrolment service answers about groups and ideas."""

from typing import Final

from pattana.disclosure.answers import (
    ERASERS,
    IDEAS,
    JUDGES,
    PEOPLE,
    READERS_OF_RUNS,
    Answer,
    below,
    fields,
    page_of,
)

_RUN: Final = "/api/enrolment/runs/{run}"
_GROUPS: Final = f"{_RUN}/groups"
_IDEAS: Final = f"{_RUN}/ideas"
_IDEA: Final = f"{_IDEAS}/{{idea}}"

GROUP: Final = fields((READERS_OF_RUNS, "group locked"), (ERASERS, "size"))
MEMBER: Final = fields((PEOPLE, "nomination person unit province target group by"))
UNGROUPED: Final = fields((ERASERS, "nomination person unit province target"))
IDEA: Final = {
    **fields(
        (
            IDEAS,
            "id version run group state title problem users prototype award rank points judges tied "
            "adoptions[].unit adoptions[].since",
        )
    ),
    **below("indicators[].", fields((IDEAS, "name measure better baseline target"))),
    **below("measurements[].", fields((IDEAS, "unit indicator on value reached"))),
}
SCORING: Final = {
    **fields((JUDGES, "open begun"), (ERASERS, "judges[]")),
    **below("criteria[].", fields((JUDGES, "key th en most weight"))),
}
SCORE: Final = fields((JUDGES, "idea judge points.{}"))
RANKED: Final = fields((JUDGES, "rank idea group title points judges tied award"))

WORKSHOP: Final = (
    Answer("groups", (f"GET {_GROUPS}",), page_of(GROUP, READERS_OF_RUNS)),
    Answer(
        "groups changed",
        (f"POST {_GROUPS}", f"POST {_GROUPS}/lock", f"POST {_GROUPS}/unlock"),
        below("groups[].", dict.fromkeys(GROUP, ERASERS)),
    ),
    Answer("members of groups", (f"GET {_GROUPS}/members",), page_of(MEMBER, PEOPLE)),
    Answer("without a group", (f"GET {_GROUPS}/ungrouped",), page_of(UNGROUPED, ERASERS)),
    Answer("put into a group", (f"POST {_GROUPS}/{{group}}/members",), dict.fromkeys(MEMBER, ERASERS)),
    Answer("exchanged", (f"POST {_GROUPS}/exchange",), below("members[].", dict.fromkeys(MEMBER, ERASERS))),
    Answer("ideas", (f"GET {_IDEAS}",), page_of(IDEA, IDEAS), "people those of their group; drafts to who writes them"),
    Answer("idea", (f"GET {_IDEA}",), IDEA, "the same"),
    Answer(
        "idea changed",
        (
            f"POST {_IDEAS}",
            f"PUT {_IDEA}",
            *(
                f"POST {_IDEA}/{action}"
                for action in ("submit", "reopen", "withdraw", "award", "adoptions", "measurements")
            ),
        ),
        IDEA,
        "the same",
    ),
    Answer("scoring", (f"GET {_RUN}/scoring",), SCORING),
    Answer("scoring changed", (f"POST {_RUN}/scoring", f"POST {_RUN}/scoring/close"), dict.fromkeys(SCORING, ERASERS)),
    Answer("idea scored", (f"POST {_IDEA}/score",), SCORE),
    Answer(
        "scores",
        (f"GET {_IDEA}/scores",),
        page_of(dict.fromkeys(SCORE, ERASERS), ERASERS),
        "to a judge when scoring is closed",
    ),
    Answer("ranking", (f"GET {_RUN}/ranking",), page_of(RANKED, JUDGES), "when scoring is closed"),
)
