"""The command line `pattana`: a table of commands, each imported when it is called; failures become a sentence."""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from pattana.errors import Explained

# Where each command is and what it says of itself: so `--help` needs none of them (a test compares).
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "up": ("pattana.embedded.commands:up", "Start the embedded edition and stay until Ctrl-C."),
    "status": (
        "pattana.embedded.status:status",
        "Say which part is ready; exit 0 when all are and the first play has ended.",
    ),
    "token": ("pattana.embedded.token:token", "Print a token signed with the key of this data folder."),
    "demo": (
        "pattana.demo.command:demo",
        "Perform plays through the services and hold their answers against the numbers; exit 1 on any difference.",
    ),
    "audit": (
        "pattana.audit.command:audit",
        "Check every promise against all stores and the log; exit 1 with counter-examples when one is broken.",
    ),
    "replay": (
        "pattana.operate.outbox:replay",
        "Publish events again from the outboxes; without options all of them. Consumers skip what they have.",
    ),
    "rebuild": (
        "pattana.operate.projections:rebuild",
        "Fill the reports (or what SERVICE remembers) anew from the log, and wait until the new ones answer.",
    ),
    "dead-letters": (
        "pattana.operate.dead_letters:group",
        "Events that a consumer could not apply: look, try again, or leave out.",
    ),
    "access": (
        "pattana.operate.access_command:access",
        "Make the topics, and give every service its rights at the broker that PATTANA_KAFKA_* name.",
    ),
    "security-log": (
        "pattana.operate.security_log:security_log",
        "Who did, read or was refused what, the newest first, from all services.",
    ),
    "reseal": (
        "pattana.operate.reseal:reseal",
        "Seal all contacts with the newest key, and say which keys nothing needs any more; exit 1 while one is needed.",
    ),
    "erasure": (
        "pattana.operate.erasure:erasure",
        "Look into every store for what there is of a person: gone, or remaining and why; exit 1 if not gone.",
    ),
    "export-person": (
        "pattana.operate.export_person:export_person",
        "Write what all services keep of a person (by id) as JSON and PDF; the security logs say that you did.",
    ),
    "import": ("pattana.operate.imports:group", "Bring in files."),
}
INTERRUPTED: Final = 130


class Table(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Table)
def app() -> None:
    """Training for a ministry: starts, plays, checks and operates Pattana."""


def main() -> None:
    os.umask(0o077)  # what a command and its children write is its user's alone
    try:
        sys.exit(app(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except Explained as error:
        click.echo(f"pattana: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
