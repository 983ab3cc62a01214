"""The command line `pattana`: gathers the commands, prints failures that explain themselves as one sentence."""

import sys

import typer

from pattana.audit.command import audit
from pattana.demo.command import demo
from pattana.embedded.commands import status, token, up
from pattana.errors import Explained
from pattana.operate import dead_letters, imports
from pattana.operate.outbox import replay
from pattana.operate.projections import rebuild

app = typer.Typer(
    help="Training for a ministry: starts, plays, checks and operates Pattana.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(status)
app.command()(token)
app.command()(demo)
app.command()(audit)
app.command()(replay)
app.command()(rebuild)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(imports.app, name="import")


def main() -> None:
    try:
        app()
    except Explained as error:
        typer.echo(f"pattana: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
