"""Rules of the house that are about files: sizes, and what no committed file may say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
MODULE_LINES, TEST_LINES, FUNCTION_LINES = 300, 400, 30
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring: saying more about a function must not be punished."""
    documented = ast.get_docstring(node) is not None
    first = node.body[0]
    text = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - text


def too_long(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and function_lines(node) > FUNCTION_LINES:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {function_lines(node)} lines"


def test_functions_are_short() -> None:
    assert [
        line for path in sources("shared", "services", "pattana", "bench", "tests") for line in too_long(path)
    ] == []


@pytest.mark.parametrize(
    ("folders", "limit"), [(("shared", "services", "pattana", "bench"), MODULE_LINES), (("tests",), TEST_LINES)]
)
def test_modules_are_short(folders: tuple[str, ...], limit: int) -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources(*folders)}
    assert {name: lines for name, lines in sizes.items() if lines > limit} == {}


def patched(tree: ast.Module) -> Iterator[tuple[int, object]]:
    """Line and owner of each attribute that a test replaces where the owner is named: in a text, or as an import."""
    imports = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[ast.Constant(value=str(path)), _]):
                yield node.lineno, resolve_name(path.rpartition(".")[0])
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[ast.Name(id=name), *_]) if name in imports:
                yield node.lineno, resolve_name(imports[name])


def test_no_test_changes_the_standard_library_for_all_threads() -> None:
    """Other threads run on: a monitor of pymongo that met a `time.sleep` that does not sleep held a whole run."""
    assert [
        f"{path.relative_to(ROOT)}:{line} {owner.__name__}"
        for path in sources("tests")
        for line, owner in patched(ast.parse(path.read_text()))
        if isinstance(owner, ModuleType) and owner.__name__.partition(".")[0] in sys.stdlib_module_names
    ] == []


FEATURES = (
    "directory",
    "catalogue",
    "seats",
    "attendance",
    "workshop",
    "certificates",
    "evaluation",
    "followup",
    "plans",
    "paper",
)
SHAPE = {"__init__", "http", "domain", "service", "storage"}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_is_a_door_rules_and_the_work_between(feature: str) -> None:
    """Each a module, or a package of that name, and nothing else beside them."""
    folder = ROOT / "services" / "enrolment" / feature
    assert {path.stem for path in folder.iterdir() if path.name != "__pycache__"} == SHAPE


def test_every_package_of_the_enrolment_service_is_a_feature() -> None:
    packages = {path.parent.name for path in (ROOT / "services" / "enrolment").glob("*/__init__.py")}
    assert packages == set(FEATURES)


def test_routes_are_put_in_by_add_routes() -> None:
    """FastAPI's own way makes each twice and looks for each request twice, see shared/routes.py."""
    assert [
        str(path.relative_to(ROOT))
        for path in sources("shared", "services", "pattana")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "include_router"
    ] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_pin_with_hashes_and_name_no_address_and_no_path(lock: Path) -> None:
    text = lock.read_text()
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+", text, flags=re.MULTILINE)
    assert pins
    assert len(re.findall(r" \\\n    --hash=sha256:[0-9a-f]{64}(?=[ \n])", text)) >= len(pins)
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|(?<=[ =])/\w+", text) == []


def test_one_version_of_a_package_in_all_locks() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        pins = re.findall(r"^([a-z0-9][\w.-]*)==(\S+)( ; .*)? \\$", lock.read_text(), flags=re.MULTILINE)
        for name, version, condition in pins:
            versions.setdefault(name + condition, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("message", "accepted"),
    [
        ("feat(seats): a freed seat promotes the first of the waitlist", True),
        ("fix!: ids are text", True),
        ("Merge branch 'main'", True),
        ("added stuff", False),
        ("feat: ", False),
        ("", False),
    ],
)
def test_commit_messages_are_checked(tmp_path: Path, message: str, accepted: bool) -> None:
    path = tmp_path / "message"
    path.write_text(message)
    done = subprocess.run([ROOT / ".ci" / "commit-message", path], capture_output=True, check=False)
    assert (done.returncode == 0) is accepted
