"""Messages into words: subject, text and HTML from the templates, Thai or English. Knows no address and no channel."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.notification import wording
from services.notification.domain import Addressee, Message, MessageSnapshot
from services.notification.wording import LABELS, Language

_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    text: str
    html: str


class Writer:
    """`sender` signs; `portal` is where people can look further, when there is one."""

    def __init__(self, *, sender: str, portal: str = "") -> None:
        self._sender = sender
        self._portal = portal
        self._text = _environment(autoescape=False)
        self._html = _environment(autoescape=True)

    def write(self, message: Message, told: MessageSnapshot, language: Language, name: str = "") -> Words:
        """`name` is how the recipient is addressed; without it the salutation is left out."""
        context = self._context(message, told, language, name)
        template = f"{language}/{message.kind.lower()}.j2"
        text = self._text.get_template(template)
        subject = "".join(text.blocks["subject"](text.new_context(context)))
        return Words(
            subject=" ".join(subject.split()),
            text=text.render(context | {"layout": "letter.txt.j2"}).strip() + "\n",
            html=self._html.get_template(template).render(context | {"layout": "letter.html.j2"}),
        )

    def _context(self, message: Message, told: MessageSnapshot, language: Language, name: str) -> dict[str, Any]:
        run = told.run
        return {
            "layout": "letter.txt.j2",
            "language": language,
            "labels": LABELS[language],
            "name": name,
            "to_unit": message.addressee is Addressee.UNIT,
            "run": run,
            "periods": [wording.period(session, language) for session in run.sittings],
            "place": wording.place(run.venue, language),
            "chair": wording.official(run.chair, language) if run.chair else "",
            "closes": wording.moment(run.closes_at, language) if run.closes_at else "",
            "asked": message.addressee is Addressee.UNIT and run.closes_at is not None,
            "days_left": wording.days_left(told.days_left, language),
            "day": partial(wording.day, language=language),
            "sender": self._sender,
            "portal": self._portal,
        }


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=autoescape,  # noqa: S701 - what is off for plain text is on for HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["paragraphs"] = _paragraphs
    return environment


def _paragraphs(text: str) -> Markup:
    """Blank lines part paragraphs. What comes out of an escaping block is Markup already and is not escaped again."""
    parts = [part.strip() for part in escape(text).split("\n\n")]
    return Markup("\n").join(Markup("<p>{}</p>").format(Markup(part)) for part in parts if part)  # noqa: S704
