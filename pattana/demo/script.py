"""A play as its file has it: a programme, steps, expected numbers. Pure: knows no services, infers nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from pattana.demo.moments import OF_COMMON_ERA, FileMoment, day_of
from pattana.demo.steps import STEPS, Step
from pattana.errors import Explained
from shared.clock import BANGKOK

BUNDLED: Final = files("pattana.demo") / "plays"
ALL: Final = "all"


class NoPlay(Explained):
    """There is no such play, or the file is of another form."""


class Known(BaseModel):
    """What the player has to know of a programme. The rest goes to the service as it is written."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Target(Known):
    key: str
    scope: str
    unit: str | None = None
    levels: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    seats: int | None = None
    per_unit: int | None = None


class Session(Known):
    starts_at: FileMoment
    ends_at: FileMoment | None = None


class Run(Known):
    starts_at: FileMoment | None = None
    ends_at: FileMoment | None = None
    opens_at: FileMoment | None = None
    closes_at: FileMoment | None = None
    sessions: tuple[Session, ...] = ()

    @property
    def begins(self) -> datetime | None:
        """In Bangkok."""
        begins = min((session.starts_at for session in self.sessions), default=self.starts_at)
        return None if begins is None else begins.astimezone(BANGKOK)


class Programme(Known):
    code: str
    title: str = ""
    organiser: str | None = None
    target_groups: tuple[Target, ...] = ()
    approval_route: tuple[str | dict[str, Any], ...] | bool = True
    release_at: Annotated[Any, OF_COMMON_ERA] = None
    runs: tuple[Run, ...]


class Form(BaseModel):
    """What may stand in a file of a play, and no other word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    seed: str = ""
    programme: dict[str, Any]
    steps: tuple[Any, ...]
    expected: dict[str, Any] = {}


class ReportForm(BaseModel):
    """The same of a report that is asked over the programmes of other plays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    seed: str = ""
    report: str
    framework: str | None = None
    over: tuple[str, ...]
    expected: dict[str, Any] = {}


@dataclass(frozen=True)
class Script:
    """A programme to play. `programme` is the body of `POST programmes`; `known` is what is read in it."""

    id: str
    programme: Mapping[str, Any]
    known: Programme
    begins: datetime
    steps: tuple[Step, ...]
    expected: Mapping[str, Any]
    digest: str

    @property
    def title(self) -> str:
        return self.known.title

    @property
    def first_day(self) -> date:
        return day_of(self.begins)

    @property
    def targets(self) -> Mapping[str, Target]:
        return {target.key: target for target in self.known.target_groups}


@dataclass(frozen=True)
class Report:
    """A report that is asked over the programmes of other plays, named by `over`."""

    id: str
    report: str
    over: tuple[str, ...]
    expected: Mapping[str, Any]


def read(name_or_path: str) -> list[Script | Report]:
    """The bundled play of that name, all of them, or that of a file. Raises NoPlay."""
    path = Path(name_or_path)
    if path.is_file():
        return [of_text(_text_of(path), str(path))]
    names = sorted(entry.name.removesuffix(".json") for entry in BUNDLED.iterdir() if entry.name.endswith(".json"))
    chosen = names if are_all(name_or_path) else [name for name in names if name == name_or_path.upper()]
    if not chosen:
        raise NoPlay(f"{name_or_path} is neither a file nor one of the bundled plays ({', '.join(names)}, {ALL})")
    return [of_text((BUNDLED / f"{name}.json").read_text(encoding="utf-8"), name) for name in chosen]


def are_all(name_or_path: str) -> bool:
    """Whether no play is asked for by its own name."""
    return name_or_path.lower() == ALL and not Path(name_or_path).is_file()


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoPlay(f"{path} cannot be read: {error}") from None


def of_text(text: str, where: str) -> Script | Report:
    """Raises NoPlay with what is wrong first."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoPlay(f"{where} is no play: it is not JSON ({error})") from None
    if not isinstance(raw, dict):
        raise NoPlay(f"{where} is no play: it is not an object")
    try:
        if "report" in raw:
            form = ReportForm.model_validate(raw)
            return Report(form.id, form.report, form.over, form.expected)
        return _script(raw, where)
    except ValidationError as error:
        raise NoPlay(f"{where} is no play: {_first(error)}") from None


def _script(raw: dict[str, Any], where: str) -> Script:
    form = Form.model_validate(raw)
    if not form.steps:
        raise NoPlay(f"{where} is no play: it has no steps")
    steps = tuple(_step(step, number, where) for number, step in enumerate(form.steps, start=1))
    try:
        known = Programme.model_validate(form.programme)
    except ValidationError as error:
        raise NoPlay(f"{where} is no play: its programme: {_first(error)}") from None
    if len(known.runs) != 1:
        raise NoPlay(f"{where} is no play: its programme has {len(known.runs)} runs, and steps are about one")
    begins = known.runs[0].begins
    if begins is None:
        raise NoPlay(f"{where} is no play: its run has no sessions")
    keys = [target.key for target in known.target_groups]
    for step in steps:
        if (target := getattr(step, "target", None)) is not None and target not in keys:
            raise NoPlay(f"{where}: {step}: {target} is not a target group of the programme ({', '.join(keys)})")
    digest = sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
    return Script(form.id, form.programme, known, begins, steps, form.expected, digest)


def _step(raw: Any, number: int, where: str) -> Step:
    if not isinstance(raw, dict) or not isinstance(raw.get("do"), str):
        raise NoPlay(f"{where}: step {number} does not say what to do")
    word = raw["do"]
    if word not in STEPS:
        raise NoPlay(f"{where}: step {number}: {word} is not a word of plays ({', '.join(STEPS)})")
    try:
        return STEPS[word].model_validate(raw).numbered(number)
    except ValidationError as error:
        raise NoPlay(f"{where}: step {number} ({word}): {_first(error)}") from None


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, as a sentence."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{name} is not a word of this"
    if first["type"] == "missing":
        return f"{name} is missing"
    said = first["msg"].removeprefix("Value error, ")
    return f"{name}: {said}" if name else said
