"""The programme of a play, drafted under its own code, or the first free one of -2, -3 and so on."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pattana.client import Rejected
from pattana.demo.api import Api
from pattana.demo.cut import ADVICE, CannotPlay
from pattana.demo.diary import Diary
from pattana.demo.script import Script

MOST_PLAYS: Final = 1_000
# What plays say of a programme that a release need not know yet. Any other field that is refused is a mistake.
MAY_BE_UNKNOWN: Final = frozenset(
    {"applications", "approvalRoute", "certificate", "checks", "closeOutDays", "forms", "releaseAt", "reminders"}
)


def created(script: Script, api: Api, diary: Diary, *, lenient: bool) -> dict[str, Any]:
    """Ids of the programme and its run, its code, and what was left out of it. Raises CannotPlay for a field that the
    service does not know, unless `lenient`."""
    left_out: list[str] = []
    number = 1
    while number < MOST_PLAYS:
        code = script.known.code if number == 1 else f"{script.known.code}-{number}"
        body = {name: value for name, value in script.programme.items() if name not in left_out}
        try:
            made = api.create_programme(body | {"code": code}, diary.key(f"programme-{number}-{len(left_out)}"))
        except Rejected as error:
            if error.code == "programme-code-taken":
                number += 1
                continue
            unknown = unknown_fields(error.fields, body)
            if not unknown:
                raise
            if not lenient:
                raise CannotPlay(f"{script.id}: {_sentence(unknown)}; {ADVICE}") from None
            left_out += unknown
        else:
            return {"programme": made["id"], "run": made["runs"][0]["id"], "code": code, "leftOut": left_out}
    raise CannotPlay(f"{script.id}: it has been played {MOST_PLAYS} times")


def unknown_fields(errors: Sequence[tuple[str, str]], body: Mapping[str, Any]) -> list[str]:
    """What a release may not know, if nothing else is wrong with the body. Pure."""
    names = list(dict.fromkeys(field.partition(".")[0] for field, _ in errors))
    return names if names and all(name in MAY_BE_UNKNOWN and name in body for name in names) else []


def _sentence(fields: Sequence[str]) -> str:
    return f"this release does not know {', '.join(fields)} of its programme yet"
