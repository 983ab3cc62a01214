"""The command line `pattana`: gathers the commands, prints failures that explain themselves as one sentence."""

import sys

import typer

from pattana.embedded.commands import status, token, up
from pattana.errors import Explained

app = typer.Typer(
    help="Training for a ministry: starts, plays, checks and operates Pattana.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(status)
app.command()(token)


def main() -> None:
    try:
        app()
    except Explained as error:
        typer.echo(f"pattana: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
