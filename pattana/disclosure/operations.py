"""What operators are told of the services themselves."""

from pattana.disclosure.answers import OPERATORS, Answer, fields
from services import SERVICES

OPERATIONS = (
    Answer(
        "rebuild",
        tuple(
            f"{method} /api/{service}/rebuild"
            for service in ("reporting", "notification")
            for method in ("GET", "POST", "DELETE")
        ),
        fields(
            (
                OPERATORS,
                "active.generation active.since active.folds active.events active.eventsTotal active.percentage "
                "active.lag next.generation next.folds next.startedAt next.events next.eventsTotal next.percentage "
                "next.lag next.trouble next.blocked retired[].generation retired[].since",
            )
        ),
    ),
    Answer(
        "contacts sealed again",
        ("POST /api/enrolment/contacts/reseal",),
        fields((OPERATORS, "key seen resealed next")),
    ),
    Answer(
        "keys of contacts",
        ("GET /api/notification/contact-keys",),
        fields((OPERATORS, "keys[].key keys[].contacts others")),
    ),
    Answer(
        "security log",
        tuple(f"GET /api/{service}/security-log" for service in SERVICES),
        fields(
            (
                OPERATORS,
                "next items[].id items[].at items[].action items[].kind items[].object items[].outcome items[].subject "
                "items[].roles[] items[].unit items[].permission items[].client items[].correlation items[].count",
            )
        ),
    ),
)
