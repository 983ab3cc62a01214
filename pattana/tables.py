"""`python -m pattana.tables`: writes README's table of variables from the settings classes, and docs/rights.md from the
table of who may see what. Reads no environment."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pattana.disclosure import ANSWERS, DETAILS, Answer
from pattana.embedded.settings import EmbeddedSettings
from pattana.services import settings_class
from services import SERVICES
from shared.rights import Role
from shared.settings import PREFIX, Settings

README: Final = Path(__file__).parents[1] / "README.md"
BEGIN: Final = "<!-- settings: written by python -m pattana.tables -->"
END: Final = "<!-- /settings -->"

RIGHTS: Final = README.parent / "docs" / "rights.md"
_ROLES: Final = f"| fields | {' | '.join(Role)} |"
RIGHTS_BEGIN: Final = "<!-- rights: written by python -m pattana.tables from pattana/disclosure -->"

GROUPS: Final[Mapping[str, type[Settings]]] = {
    "Every service": Settings,
    **{name: settings_class(name) for name in SERVICES},
    "The services process of the embedded edition": EmbeddedSettings,
}
# Read by the command line itself, which has no settings class.
COMMAND_LINE: Final[Mapping[str, tuple[str, str]]] = {
    "HOME": (".pattana", "Data folder of the embedded edition."),
    "MONGOD": ("", "A mongod to run instead of SecantusDB."),
    "SECANTUSD": ("", "A SecantusDB of Rust to run instead of the wheel's (`make secantusd` builds one)."),
    "CACHE": ("pattana in the user's cache folder", "Where the broker's jars are kept."),
}


def rendered() -> str:
    parts = [_table(title, _rows(_own(group))) for title, group in GROUPS.items()]
    variables = (_row(name, default, text) for name, (default, text) in COMMAND_LINE.items())
    return "\n\n".join([*parts, _table("The command line", variables)])


def written(readme: str) -> str:
    """README with the current table. Raises ValueError when the markers are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{rendered()}\n{END}{after}"


def _own(group: type[Settings]) -> dict[str, FieldInfo]:
    inherited = Settings.model_fields if group is not Settings else {}
    return {name: field for name, field in group.model_fields.items() if name not in inherited}


def _rows(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        yield _row(name.upper(), _default(field), field.description or "")


def _row(name: str, default: str, text: str) -> str:
    return f"| `{PREFIX}{name}` | {default} | {text.replace('|', ' or ').replace('<', '&lt;')} |"


def _table(title: str, rows: Iterable[str]) -> str:
    return "\n".join([f"**{title}**", "", "| variable | default | |", "|---|---|---|", *rows])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "*needed*"
    value: Any = field.default
    if value is PydanticUndefined or value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    text = ",".join(value) if isinstance(value, tuple) else re.sub(r"\.0$", "", str(value))
    return f"`{text}`"


def rights(document: str) -> str:
    """docs/rights.md with the current tables behind its marker."""
    before = document.partition(RIGHTS_BEGIN)[0]
    return "\n\n".join([before + RIGHTS_BEGIN, *map(_rights_of, ANSWERS), _details()]) + "\n"


def _rights_of(answer: Answer) -> str:
    """The fields that are seen alike stand in one row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for path, who in answer.fields.items():
        rows.setdefault(tuple(who[role] for role in Role), []).append(f"`{path}`")
    routes = ", ".join(f"`{route}`" for route in answer.routes)
    about = f"{routes}{': ' if routes and answer.note else ''}{answer.note}"
    table = [f"| {' '.join(paths)} | {' | '.join(reaches)} |" for reaches, paths in rows.items()]
    title = answer.name[0].upper() + answer.name[1:]
    return "\n".join([f"### {title}", "", about, "", _ROLES, "|---" * (len(Role) + 1) + "|", *table])


def _details() -> str:
    rows = [f"| `{code}` | {' '.join(f'`{name}`' for name in names.split())} |" for code, names in DETAILS.items()]
    return "\n".join(["### Details of a problem", "", "| code | beside what every problem tells |", "|---|---|", *rows])


def main() -> None:
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
    RIGHTS.write_text(rights(RIGHTS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
