"""What the enrolment service answers about follow-up."""

from typing import Final

from pattana.disclosure.answers import COLLEAGUES, ERASERS, PEOPLE, READERS_OF_RUNS, Answer, fields, page_of

_FOLLOW_UPS: Final = "/api/enrolment/runs/{run}/follow-ups"
_TASKS: Final = f"{_FOLLOW_UPS}/{{deliverable}}/tasks"

DELIVERABLE: Final = fields(
    (READERS_OF_RUNS, "deliverable title per only[] due dueOn fiscalYear assigning"),
    (ERASERS, "tasks done overdue pending"),
)
TASK: Final = fields(
    (
        PEOPLE,
        "id run deliverable per unit province group person due dueOn fiscalYear state link text completedAt reopened "
        "reopenedAt reason",
    ),
    (COLLEAGUES, "completedBy reopenedBy"),
)

FOLLOW_UP: Final = (
    Answer("deliverables", (f"GET {_FOLLOW_UPS}",), page_of(DELIVERABLE, READERS_OF_RUNS)),
    Answer("deliverables assigned", (f"POST {_FOLLOW_UPS}",), dict.fromkeys(page_of(DELIVERABLE, ERASERS), ERASERS)),
    Answer("tasks", (f"GET {_TASKS}",), page_of(TASK, PEOPLE), "offices, and people their own"),
    Answer("task", (f"GET {_TASKS}/{{task}}",), TASK),
    Answer(
        "task changed",
        tuple(f"POST {_TASKS}/{{task}}/{action}" for action in ("complete", "reopen", "return")),
        {path: who for path, who in TASK.items() if path not in ("link", "text", "reason")},
        "without evidence and reason, which are read",
    ),
)
