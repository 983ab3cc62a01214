"""What the enrolment service answers about evaluation."""

from typing import Final

from pattana.disclosure.answers import (
    ANSWERERS,
    EVALUATORS,
    EVERYBODY,
    KNOWERS,
    MARKS,
    Answer,
    below,
    fields,
    page_of,
)

_API: Final = "/api/enrolment"
_FORMS: Final = f"{_API}/runs/{{run}}/forms"
_FORM: Final = f"{_FORMS}/{{form}}"

_QUESTION: Final = "key version kind th en choices[].key choices[].th choices[].en least most"
QUESTION: Final = fields((KNOWERS, _QUESTION))
FORM: Final = {
    **fields((KNOWERS, "key version kind th en anonymous measure")),
    **below("questions[].", fields((KNOWERS, f"{_QUESTION} required"))),
}
RUN_FORM: Final = fields(
    (EVERYBODY, "run form formKey formVersion version th en anonymous state opensAt closesAt"),
    (EVALUATORS, "answered released complete"),
)
ASKED: Final = {
    **RUN_FORM,
    **fields((EVERYBODY, "measure")),
    **below("questions[].", fields((EVERYBODY, f"{_QUESTION} required"))),
}
RESULTS: Final = fields(
    (EVALUATORS, "run form formKey formVersion measure state answered released complete gains meanGain"),
    (
        EVALUATORS,
        "questions[].question questions[].kind questions[].th questions[].en questions[].answers questions[].counts.{} "
        "questions[].mean",
    ),
)

EVALUATION: Final = (
    Answer("questions", (f"GET {_API}/questions",), page_of(QUESTION, KNOWERS)),
    Answer("question", (f"POST {_API}/questions",), QUESTION),
    Answer("forms", (f"GET {_API}/forms",), page_of(FORM, KNOWERS)),
    Answer("form", (f"POST {_API}/forms",), FORM),
    Answer("forms of a run", (f"GET {_FORMS}",), page_of(RUN_FORM, EVERYBODY)),
    Answer(
        "form of a run", (f"GET {_FORM}", f"PUT {_FORM}"), ASKED, "questions once it is open, but to who makes them"
    ),
    Answer("draft of answers", (f"GET {_FORM}/draft",), fields((ANSWERERS, "run form answers.{}"))),
    Answer("draft kept", (f"PUT {_FORM}/draft",), fields((ANSWERERS, "run form saved"))),
    Answer("form answered", (f"POST {_FORM}/answers",), fields((ANSWERERS, "run form answered"))),
    Answer("results", (f"GET {_FORM}/results",), RESULTS, "only of five people or more"),
    Answer("texts", (f"GET {_FORM}/texts",), page_of(fields((EVALUATORS, "text")), EVALUATORS), "when it is closed"),
    Answer("gains", (f"GET {_API}/runs/{{run}}/gains",), page_of(fields((MARKS, "person pre post gain")), MARKS)),
)
