"""`pattana export-person PERSON`: what all services keep of one person, put together in one file, and on paper what the
enrolment service prints."""

import json
from pathlib import Path
from typing import Any

import click

from pattana.client import Caller, Rejected
from pattana.errors import Explained
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from services import SERVICES
from shared.rights import Role

NOT_THERE = 404


@click.command("export-person")
@click.argument("person")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The folder to write to.")
@home_option
@url_option
@key_option
def export_person(person: str, to: Path, home: Path | None, url: str | None, key: Path | None) -> None:
    """Write what all services keep of a person (by id) as JSON and PDF; the security logs say that you did.

    The files are for the person alone: hand them over, and delete them.
    """
    officer = Caller(Role.HR_OFFICER)
    with client(home, url, key) as services:
        try:
            parts = {name: services.get(_path(name, person), officer) for name in SERVICES}
            paper: bytes = services.get(f"{_path('enrolment', person)}/pdf", officer)
        except Rejected as error:
            if error.status == NOT_THERE:
                raise Explained(f"nobody has the id {person}") from error
            raise
    to.mkdir(parents=True, exist_ok=True)
    for ending, content in (("json", _whole(person, parts)), ("pdf", paper)):
        path = to / f"{person}.{ending}"
        path.write_bytes(content)
        click.echo(f"{path}: {len(content):,} bytes")


def _path(service: str, person: str) -> str:
    return f"/api/{service}/people/{person}/export"


def _whole(person: str, parts: dict[str, Any]) -> bytes:
    return json.dumps({"person": person, "services": list(parts.values())}, ensure_ascii=False, indent=1).encode()
