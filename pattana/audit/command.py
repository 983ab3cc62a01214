"""`pattana audit`: a line per promise and per check, with the first counter-examples."""

from pathlib import Path

import click
from click.exceptions import Exit

from pattana.audit.audit import audit as check
from pattana.audit.verdict import Verdict
from pattana.operate.running import run
from pattana.operate.target import stores
from pattana.options import home_option
from pattana.progress import bars


@click.command()
@click.option(
    "--journal",
    type=click.Path(exists=True, path_type=Path),
    help="Answers that a client received, one JSON line each; none may be missing.",
)
@click.option(
    "--verified",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that says what an earlier audit has verified: only what is newer, or may still change, is read. "
    "Written anew by an audit that ends with 0.",
)
@click.option("--full", is_flag=True, help="Read everything, whatever the file of --verified says.")
@home_option
def audit(journal: Path | None, verified: Path | None, full: bool, home: Path | None) -> None:
    """Check every promise against all stores and the log; exit 1 with counter-examples when one is broken.

    Exit 2: no difference, but something could not be checked; the lines say how much of what, and why.
    """
    where = stores(home)
    with bars() as progress:
        verdict = run(check(where, journal, progress.part, verified=verified, full=full))
    show(verdict)
    if verdict.exit_code:
        raise Exit(verdict.exit_code)


def show(verdict: Verdict) -> None:
    for promise in verdict.promises:
        click.echo(promise.line())
        for one in promise.checks:
            click.echo(f"   {one.line()}")
            for example in one.examples:
                click.echo(f"      {example}")
