"""Messages into words: subject, text and HTML from the templates, Thai or English. Knows no address or channel."""

import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.notification.composing.domain import wording
from services.notification.composing.domain.changes import changes
from services.notification.composing.domain.outgoing import Words
from services.notification.composing.domain.wording import LABELS, Language
from services.notification.domain import KINDS, Addressee, Message, MessageSnapshot
from shared.venues import written

LONGEST_SUBJECT: Final = 600  # signs; a title has up to 500
MOST_PERIODS: Final = 100
_FOLDER: Final = Path(__file__).parent / "templates"


class Writer:
    """`sender` signs the messages; `portal` is where people can read more, if there is one."""

    def __init__(self, *, sender: str, portal: str = "") -> None:
        self._sender = sender
        self._portal = portal
        self._text = _environment(autoescape=False)
        self._html = _environment(autoescape=True)

    def write(
        self, message: Message, snapshot: MessageSnapshot, language: Language, name: str = "", link: str = ""
    ) -> Words:
        """`name` is how the recipient is addressed; without it there is no salutation. `link` is theirs alone. A kind
        that only a newer release knows is never sent from here, but may stand in an inbox."""
        if message.kind not in KINDS:
            title, body = wording.UNKNOWN_KIND[language]
            return Words(title, f"{body}\n", f"<p>{escape(body)}</p>")
        context = self._context(message, snapshot, language, name) | {"link": link}
        template = f"{language}/{KINDS[message.kind].template}.j2"
        text = self._text.get_template(template)
        subject = "".join(text.blocks["subject"](text.new_context(context)))
        return Words(
            subject=wording.cut(" ".join(subject.split()), LONGEST_SUBJECT),
            text=_spaced(text.render(context | {"layout": "message.txt.j2"})),
            html=self._html.get_template(template).render(context | {"layout": "message.html.j2"}),
        )

    def _context(self, message: Message, snapshot: MessageSnapshot, language: Language, name: str) -> dict[str, Any]:
        run, facts, to_unit = snapshot.run, snapshot.facts, message.addressee is Addressee.UNIT
        news = changes(facts.told, run.schedule, language) if facts.told is not None else ()
        return {
            "layout": "message.txt.j2",
            "language": language,
            "labels": LABELS[language],
            "name": name,
            "to_unit": to_unit,
            "run": run,
            "periods": [wording.period(session, language) for session in run.sittings[:MOST_PERIODS]],
            "place": written(run.venue, language),
            "chair": wording.official(run.chair, language) if run.chair else "",
            "closes": wording.moment(run.closes_at, language) if run.closes_at and to_unit else "",
            "changes": news,
            "things": wording.listed([change.thing for change in news], language),
            "open_seats": facts.open_seats,
            "released": facts.released,
            "received": facts.received,
            "listed": facts.listed,
            "more": facts.more,
            "forms": wording.forms(facts.forms, language),
            "answer_by": wording.until(facts.answer_by, language) if facts.answer_by else "",
            "days_left": wording.days_left(snapshot.days_left, language),
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
    environment.filters |= {"paragraphs": _paragraphs, "strong": _strong, "anchor": _anchor if autoescape else str}
    return environment


def _spaced(text: str) -> str:
    """One blank line at most, where a layout has a part that a message does not."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _anchor(address: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(address)


def _strong(text: str) -> Markup:
    """A paragraph of its own, if there is anything."""
    part = escape(text).strip()
    return Markup("<p><strong>{}</strong></p>").format(Markup(part)) if part else Markup()  # noqa: S704


def _paragraphs(text: str) -> Markup:
    """Blank lines separate paragraphs. The output of an escaping block is Markup already and is not escaped again."""
    parts = [Markup("<br>\n").join(part.strip().split("\n")) for part in escape(text).split("\n\n")]
    return Markup("\n").join(Markup("<p>{}</p>").format(Markup(part)) for part in parts if part)  # noqa: S704
