"""`python -m bench.profile`: what the enrolment process does under claims_hot_256, by py-spy, grouped by our parts.

Writes bench/results/profile.md. Shares are of the samples in which a thread ran Python (held the GIL), so that the
speed of the machine cancels out.
"""

import asyncio
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.environment import HOT, Environment, prepared
from bench.machine import commit, describe
from bench.office import nominations
from bench.processes import running
from bench.report import RESULTS
from tests.engines import detect

SECONDS = 10.0
# The innermost frame that one of these patterns fits says what a sample belongs to; the first pattern wins.
PARTS = (
    ("broker client (aiokafka)", r"aiokafka/"),
    ("database driver: BSON", r"bson/|message\.py.*pymongo|_do_batched|_op_msg"),
    ("database driver: the rest (motor, pymongo, threads)", r"pymongo/|motor/|shared/mongo\.py|concurrent/futures"),
    ("building events", r"shared/events/|shared/messaging/(recorder|outbox)\.py"),
    ("relay", r"shared/messaging/"),
    ("batch: deciding and documents", r"enrolment/(seats/(domain/|service/batch|storage)|directory/service/places)"),
    ("unit of work and idempotency", r"shared/(write|idempotency)\.py"),
    ("queue and service", r"enrolment/seats/"),
    ("token and rights", r"shared/(security|rights|keys)\.py|joserfc/"),
    ("body and validation", r"shared/bodies\.py|pydantic/"),
    ("our HTTP (middleware, answers, telemetry)", r"shared/"),
    ("FastAPI and Starlette", r"fastapi/|starlette/"),
    ("uvicorn and httptools", r"uvicorn/|httptools/"),
)
_PARTS = tuple((name, re.compile(pattern)) for name, pattern in PARTS)


def grouped(lines: Iterable[str]) -> Counter[str]:
    """Samples per part, from py-spy's raw format: frames from the outside in, and a count."""
    parts: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        if stack:
            parts[part_of(stack.split(";"))] += int(count)
    return parts


def part_of(frames: list[str]) -> str:
    for frame in reversed(frames):
        for name, pattern in _PARTS:
            if pattern.search(frame):
                return name
    return "event loop and the rest"


def hottest(lines: Iterable[str], most: int = 15) -> list[tuple[str, int]]:
    """Functions by their own samples."""
    functions: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        if stack:
            functions[re.sub(r":\d+\)$", ")", stack.rpartition(";")[2])] += int(count)
    return functions.most_common(most)


async def profiled(environment: Environment) -> list[str]:
    """py-spy's lines of a run of load."""
    run = await environment.office.open_run(HOT)
    await environment.settled()
    raw = environment.folder / "profile.txt"
    pid = running(environment.folders)["enrolment-0"].pid
    load = asyncio.create_task(environment.load(256).run(environment.enrolment.url, nominations(run, environment.hot)))
    await asyncio.sleep(1)
    spy = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid), "--gil", "--full-filenames"),
        *("--duration", str(round(environment.seconds - 2)), "--rate", "200", "--format", "raw", "--output", str(raw)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await asyncio.gather(load, spy.wait())
    return raw.read_text().splitlines()


def page(lines: list[str], engines: str) -> Iterator[str]:
    parts = grouped(lines)
    total = sum(parts.values()) or 1
    machine = describe(engines)
    yield "# Where the time of the enrolment process goes\n"
    yield f"`python -m bench.profile` at commit {commit()}: claims_hot_256 for {SECONDS:.0f} s, {total} samples of"
    yield f"py-spy; {engines}; load average {machine['load']}.\n"
    yield "| part | share |\n| --- | --- |"
    for name, count in parts.most_common():
        yield f"| {name} | {count / total:.1%} |"
    yield "\n| function, by its own time | share |\n| --- | --- |"
    for name, count in hottest(lines):
        yield f"| `{_short(name)}` | {count / total:.1%} |"


def _short(frame: str) -> str:
    """Without the folders of this machine."""
    return re.sub(r"\((?:.*/site-packages/|.*/lib/python[\d.]+/|.*/(?=(?:shared|services)/))", "(", frame)


async def main() -> None:
    engine_set = detect()
    with tempfile.TemporaryDirectory(prefix="pattana-bench-") as folder:
        async with prepared(engine_set, Path(folder), SECONDS) as environment:
            await environment.notification.stop()
            lines = await profiled(environment)
    text = "\n".join(page(lines, str(engine_set))) + "\n"
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "profile.md").write_text(text)


if __name__ == "__main__":
    asyncio.run(main())
