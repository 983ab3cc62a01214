"""`pattana up`: arguments in, sentences out."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from pattana.embedded.home import Home
from pattana.embedded.up import up as run_edition
from pattana.options import home_option

DEFAULT_PORT = 8000


@click.command()
@click.option("--empty", is_flag=True, help="Do not perform play A on the first start.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port of the services."
)
@home_option
def up(empty: bool, port: int, home: Path | None) -> None:
    """Start the embedded edition and stay until Ctrl-C."""
    with fetching() as progress:
        asyncio.run(run_edition(Home.find(home), port=port, empty=empty, say=click.echo, progress=progress))


@contextmanager
def fetching() -> Iterator[Callable[[int, int], None]]:
    """Called for each fetched jar; draws a bar from the first to the last, and nothing when all were there."""
    with ExitStack() as shown:
        advance: list[Callable[[int], None]] = []
        hidden = not sys.stderr.isatty()

        def fetched(done: int, of: int) -> None:
            if not advance:
                bar = click.progressbar(length=of, label="fetching Kafka", file=sys.stderr, hidden=hidden)
                advance.append(shown.enter_context(bar).update)
            advance[0](1)
            if done == of:
                shown.close()

        yield fetched
