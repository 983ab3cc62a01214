"""`pattana up`: starts broker, database and services, keeps them running, stops them. Knows no rule of a service."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pattana.embedded.database import Database, choose
from pattana.embedded.first_play import Play, note_play, read_play
from pattana.embedded.first_start import import_reference_data, play_first
from pattana.embedded.health import not_ready
from pattana.embedded.holders import require_free
from pattana.embedded.home import Home, Run
from pattana.embedded.kafka import Kafka
from pattana.embedded.keys import secret
from pattana.embedded.parts import Addresses, Services
from pattana.embedded.processes import EventModel, end_orphans, supervise
from pattana.errors import Explained
from shared.issuer import EMBEDDED_ISSUER
from shared.signing import create_key

Say = Callable[[str], None]
Fetching = Callable[[int, int], None]
_READY_SECONDS = 60.0
_LEARN_AFTER_SECONDS = 30.0


class NotReady(Explained):
    """The services run but do not become ready."""


@dataclass(frozen=True)
class Edition:
    """One embedded edition: the composition of its parts."""

    home: Home
    database: Database
    kafka: Kafka
    services: Services
    run: Run


def compose(home: Home, port: int, progress: Fetching | None = None) -> Edition:
    password = partial(secret, home.keys, os.environ)
    database = choose(home.root, port=home.port("database"), password=password("PATTANA_DATABASE_PASSWORD"))
    engines = f"{database.engine} {database.version}, kafka {Kafka.version}"  # raises before anything is stamped
    home.stamp(database.engine)
    key = create_key(home.keys)
    kafka = Kafka(
        home.root,
        port=home.port("kafka"),
        controller=home.port("controller"),
        progress=progress,
        password=password("PATTANA_KAFKA_PASSWORD"),
    )
    addresses = Addresses(port, home.port("mail"), database.url, kafka.broker)
    run = Run(
        pid=os.getpid(),
        url=addresses.url,
        mail_url=f"{addresses.url}/mail/?token={password('PATTANA_MAIL_TOKEN')}",
        kafka_bootstrap=kafka.bootstrap,
        mongo_url=database.url,
        token_issuer=EMBEDDED_ISSUER,
        token_key=str(home.keys),
        engines=engines,
    )
    return Edition(home, database, kafka, Services(home, addresses, key.jwks), run)


@asynccontextmanager
async def started(home: Home, *, port: int, say: Say, progress: Fetching | None = None) -> AsyncIterator[Edition]:
    """A running and supervised edition; everything is stopped, in order, on leaving."""
    async with AsyncExitStack() as stack:
        stack.enter_context(home.locked())
        for name in end_orphans(home.root):
            say(f"ended {name}, left over from a start that was killed")
        edition = compose(home, port, progress)
        for name, needed in (("services", port), ("database", edition.database.port), ("broker", edition.kafka.port)):
            require_free(needed, name)
        stack.push_async_callback(_stop, edition.database, edition.kafka)
        stack.push_async_callback(edition.services.stop)
        await _start(edition.services, edition.database, edition.kafka)
        watchers = [
            asyncio.create_task(supervise(part, lambda name, what: say(f"{name} {what}")), name=part.name)
            for part in (edition.database, edition.kafka, edition.services)
        ]
        stack.push_async_callback(_cancel, *watchers)
        home.write_run(edition.run)
        stack.callback(home.run_file.unlink, missing_ok=True)
        yield edition


async def _start(*parts: EventModel) -> None:
    """Side by side; the first failure ends the wait for the others."""
    starts = [asyncio.create_task(part.start()) for part in parts]
    try:
        await asyncio.gather(*starts)
    except BaseException:
        await _cancel(*starts)
        raise


async def _stop(*parts: EventModel) -> None:
    await asyncio.gather(*(part.stop() for part in parts))


async def _cancel(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def up(home: Home, *, port: int, empty: bool, say: Say, progress: Fetching | None = None) -> None:
    """Runs until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    main = asyncio.create_task(_serve(home, port, empty, say, progress))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait([main, asked], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not main.done():
        say("stopping")
        main.cancel()
    try:
        await main
    except asyncio.CancelledError:
        say("stopped")


async def _serve(home: Home, port: int, empty: bool, say: Say, progress: Fetching | None) -> None:
    async with started(home, port=port, say=say, progress=progress) as edition:
        await until_ready(edition.run.url)
        await import_reference_data(home, edition.run)
        if empty and read_play(home) is Play.AWAITED:
            note_play(home, Play.SKIPPED)
        if not read_play(home).ended:
            say("first start: performing play A, a training programme (--empty skips it)")
            say(f"the play's numbers: {await play_first(home)}")
        say(welcome(home, edition.run))
        await _stay(edition)


async def _stay(edition: Edition) -> None:
    """For ever. What makes the next start faster is done when nobody waits any more."""
    with contextlib.suppress(Explained):
        await asyncio.sleep(_LEARN_AFTER_SECONDS)
        await edition.kafka.learn()
    await asyncio.Event().wait()


async def until_ready(url: str) -> None:
    ends = asyncio.get_running_loop().time() + _READY_SECONDS
    while (wrong := await asyncio.to_thread(not_ready, url)) is not None:
        if asyncio.get_running_loop().time() > ends:
            raise NotReady(f"the services are not ready after {_READY_SECONDS:.0f} s: {wrong}")
        await asyncio.sleep(0.1)


def welcome(home: Home, run: Run) -> str:
    usual = home.root == Path(".pattana").absolute()
    command = ".venv/bin/pattana" if usual else f"PATTANA_HOME={home.root} .venv/bin/pattana"
    header = f'echo "Authorization: Bearer $({command} token --role EXECUTIVE --unit PERS)"'
    return f"""
Pattana runs on {run.engines}.

  services   {run.url}/api/enrolment/ · /api/notification/ · /api/reporting/
  health     {run.url}/readyz
  mail sent  {run.mail_url}

A token:     {command} token --role HR_OFFICER --unit PERS

Try next:
  {command} status
  {header} | curl -H @- {run.url}/api/reporting/coverage
  {command} audit

Ctrl-C stops it; the data stay."""
