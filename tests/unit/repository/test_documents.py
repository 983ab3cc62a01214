"""What the documents say of the code: links lead somewhere, the table of variables is complete, commands exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pattana import tables
from pattana.cli import app
from pattana.operate.access import ACCESS
from services.notification import reacting as notification
from services.reporting.projecting import handlers as reporting
from shared.events.topics import Topic
from shared.settings import PREFIX

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# Only tests are told by these; README says so.
OF_TESTS = {"ENGINES", "ROUNDS", "OUTAGE"}


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


def test_the_table_of_variables_is_that_of_the_settings() -> None:
    assert tables.written(README) == README, "run: .venv/bin/python -m pattana.tables"


def test_the_table_of_rights_is_that_of_the_code() -> None:
    written = tables.RIGHTS.read_text()
    assert written == tables.rights(written), "run: .venv/bin/python -m pattana.tables"


def test_every_setting_says_what_it_is() -> None:
    for group in tables.GROUPS.values():
        assert [name for name, field in group.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_variable_that_a_document_names_exists(document: Path) -> None:
    known = {name for group in tables.GROUPS.values() for name in group.model_fields}
    known |= {name.lower() for name in (*tables.COMMAND_LINE, *OF_TESTS)}
    known |= {f"{name}_file" for name in known} | {"x", "x_file"}
    told = {name.lower() for name in re.findall(rf"\b{PREFIX}([A-Z][A-Z_]*[A-Z])\b(?!_?\*)", document.read_text())}

    assert told - known == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [
        target
        for target in re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / target).exists()
    ]

    assert broken == []


def topics(*named: Topic) -> set[str]:
    return {topic.name for topic in named}


def test_what_services_publish_and_consume_is_what_they_may_and_do() -> None:
    """The table at the beginning of the architecture, against the rights at the broker and the tables of handlers."""
    text = (ROOT / "docs/architecture.md").read_text()
    handled = {"enrolment": {}, "notification": notification.HANDLERS, "reporting": reporting.HANDLERS}
    for service, handlers in handled.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| [{service}]"))
        published, consumed = (cell.replace("`", "").split(", ") for cell in row.split(" | ")[2:4])
        writes = {f"enrolment{topic}" if topic.startswith(".") else topic for topic in published} - {"–"}
        reads = {f"enrolment.{topic.rstrip(' |')}" for topic in consumed} - {"enrolment.–"}
        assert writes == topics(*ACCESS[service].writes)
        assert reads == topics(*ACCESS[service].reads) == {event.topic for event in handlers}


def commands() -> Iterator[str]:
    context = click.Context(app)
    for name in app.list_commands(context):
        yield from (f"{name} {inner}" for inner in getattr(app.get_command(context, name), "commands", {}))
        yield name


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    known = set(commands())
    text = document.read_text()
    told = re.findall(r"(?:^|[`\s/(])pattana ((?:dead-letters|import) [a-z-]+|[a-z]+(?:-[a-z]+)*)(?=[`\s)])", text)
    code = [match for match in told if f"pattana {match}" in "".join(re.findall(r"`[^`]*`|```.*?```", text, re.DOTALL))]

    assert set(code) - known == set()


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    told = {name for document in DOCUMENTS for name in re.findall(r"`make ([a-z]+)", document.read_text())}

    assert told - targets == set()


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text()

    assert [path.name for path in (ROOT / "docs/adr").glob("0*.md") if f"({path.name})" not in listed] == []


# What a process is started with is for everybody on the machine to read. `echo` and here-documents start none.
_TOLD_TO_ALL = re.compile(
    r"""(-H|--header)[ ]+["']?Authorization | ^(?!data[ ]=).*=\$\(cat[ ]
        | (-u|--user)[ =]\S+:\S | --(pass(word)?|secret|token)[ =]""",
    re.VERBOSE,
)


def _command_lines(text: str) -> Iterator[str]:
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from block.replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_no_secret_stands_on_a_command_line(document: Path) -> None:
    assert [line for line in _command_lines(document.read_text()) if _TOLD_TO_ALL.search(line)] == []
