"""The measurements in their order, and which figures each one gives. Running them is all that is done here."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import ceilings, claims, doors, importing, lists, papers, reading, size
from bench.edition import embedded
from bench.environment import Environment, prepared
from bench.figures import FIGURES, Results
from bench.processes import memory_mb, running
from services import SERVICES
from tests.engines import EngineSet
from tests.engines import embedded as secantusdb

Values = dict[str, float]
Say = Callable[[str], None]
EMBEDDED = frozenset({"memory_embedded_mb", "claims_embedded", "answer_p99_ms_embedded"})


@dataclass(frozen=True)
class Measure:
    """`gives` are the figures of the table; those of CPU time come beside them."""

    gives: frozenset[str]
    run: Callable[[Environment], Awaitable[Values]]
    repeated: bool = True


def _measures() -> Iterator[Measure]:
    for ceiling in (ceilings.empty_post, ceilings.bare_transaction, ceilings.raw_produce, ceilings.raw_consume):
        yield Measure(frozenset({ceiling.__name__}), ceiling)
    yield Measure(frozenset({"certificates_per_core"}), papers.certificates)
    for shape in claims.SHAPES:
        answers = {f"answer_p50_ms_{shape.answers}", f"answer_p99_ms_{shape.answers}"}
        yield Measure(frozenset({shape.name}) | answers, partial(claims.claims, shape=shape))
        if shape is claims.SHAPES[0]:  # while the log is still short: the rebuild reads all of it
            yield Measure(frozenset({"projection_per_s"}), reading.projection)
            yield Measure(frozenset({"rebuild_per_s"}), reading.rebuild)
    yield Measure(frozenset({"approvals_per_s"}), claims.approvals)
    minute = {"opening_minute", "opening_minute_seconds", "opening_minute_p99_ms"}
    yield Measure(frozenset(minute), claims.opening_minute)
    visible = {"visible_p50_ms", "visible_p99_ms", "visible_load_per_s"}
    yield Measure(frozenset(visible), reading.visible)
    yield Measure(frozenset({"two_replicas_different_runs"}), claims.different_runs)
    yield Measure(frozenset({"two_replicas_same_bucket"}), claims.same_bucket)
    yield Measure(frozenset({"import_alone_per_s"}), importing.alone)
    yield Measure(frozenset({"import_per_s", "beside_import_p99_ms"}), importing.beside_nominations)
    yield Measure(frozenset({"claims_hot_256_mailing"}), claims.mailing, repeated=False)


MEASURES = tuple(_measures())
# Each on what those before it have left, so the audit comes before rows that no event has made.
SIZES = (
    Measure(frozenset({"visible_beside_failing_p50_ms", "visible_beside_failing_p99_ms"}), size.beside_failing),
    Measure(frozenset({"withdraw_waiting_p50_ms", "withdraw_waiting_p99_ms"}), size.withdrawn, repeated=False),
    Measure(
        frozenset({"cancel_answer_ms", "cancel_seconds", "cancel_longest_block_ms", "cancel_memory_mb"}),
        size.cancelled,
        repeated=False,
    ),
    Measure(frozenset({"audit_seconds_per_million", "audit_memory_mb"}), size.audited),
    Measure(
        frozenset({"import_large_seconds", "import_large_memory_mb", "import_large_command_memory_mb"}),
        importing.large,
        repeated=False,
    ),
    Measure(frozenset({"inbox_p50_ms", "inbox_p99_ms"}), size.inbox),
    Measure(frozenset({"coverage_p50_ms", "coverage_p99_ms"}), size.coverage),
    Measure(frozenset({"erasure_p50_ms", "erasure_p99_ms"}), size.erasure),
    Measure(frozenset({"check_ins_per_s"}), doors.check_ins),
    Measure(frozenset({"check_ins_two_replicas_per_s"}), doors.check_ins_of_two),
    Measure(frozenset({"attendance_visible_p50_ms", "attendance_visible_p99_ms"}), doors.visible),
    Measure(frozenset({"upload_thousand_ms", "upload_again_ms"}), doors.thousand),
    Measure(frozenset({"upload_crowd_seconds"}), doors.crowd),
    Measure(frozenset({"people_list_p50_ms", "people_list_p99_ms"}), lists.people_list),
    Measure(frozenset({"people_search_p50_ms", "people_search_p99_ms"}), lists.people_search),
    Measure(frozenset({"nominations_search_p50_ms", "nominations_search_p99_ms"}), lists.nominations_search),
)
SIZED = frozenset().union(*(each.gives for each in SIZES))
ON_SECANTUSDB = (
    Measure(
        frozenset({"claims_secantusdb", "answer_p50_ms_secantusdb", "answer_p99_ms_secantusdb"}),
        partial(claims.claims, shape=claims.ON_SECANTUSDB),
    ),
    Measure(frozenset({"import_alone_per_s_secantusdb"}), partial(importing.alone, suffix="_secantusdb")),
    Measure(
        frozenset({"import_per_s_secantusdb", "beside_import_p99_ms_secantusdb"}),
        partial(importing.beside_nominations, suffix="_secantusdb"),
    ),
)
SECANTUSDB = frozenset().union(*(each.gives for each in ON_SECANTUSDB))


async def measure(
    engine_set: EngineSet,
    folder: Path,
    names: Collection[str],
    *,
    runs: int,
    seconds: float,
    share: float,
    say: Say,
) -> Results:
    """The figures of these names, in order. What fails is noted with its reason, and the rest goes on. `share`: of the
    people and rows that the figures of size speak of."""
    results = Results()
    if set(names) - EMBEDDED - SECANTUSDB - SIZED:
        async with prepared(engine_set, folder / "best", seconds) as environment:
            results.add(_memory_of_services(environment))
            await environment.notification.stop()
            for chosen in (measure for measure in MEASURES if measure.gives & set(names)):
                await _repeat(chosen, environment, results, runs if chosen.repeated else 1, say)
    if SIZED & set(names):
        async with prepared(engine_set, folder / "size", seconds, share) as environment:
            await environment.notification.stop()
            for chosen in (measure for measure in SIZES if measure.gives & set(names)):
                await _repeat(chosen, environment, results, runs if chosen.repeated else 1, say)
    if SECANTUSDB & set(names):
        async with prepared(secantusdb(), folder / "secantusdb", seconds) as environment:
            await environment.notification.stop()
            for chosen in (measure for measure in ON_SECANTUSDB if measure.gives & set(names)):
                await _repeat(chosen, environment, results, runs, say)
    if EMBEDDED & set(names):
        await _edition(folder, results, runs, seconds, say)
    return results


async def _repeat(chosen: Measure, environment: Environment, results: Results, runs: int, say: Say) -> None:
    for number in range(1, runs + 1):
        try:
            values = await chosen.run(environment)
        except Exception as error:
            results.failures |= {name: f"{type(error).__name__}: {error}" for name in chosen.gives}
            say(f"{', '.join(sorted(chosen.gives))}: {type(error).__name__}: {error}")
            return
        results.add(values)
        say(f"{number}/{runs}  {_shown(values)}")


async def _edition(folder: Path, results: Results, runs: int, seconds: float, say: Say) -> None:
    try:
        for values in await embedded(folder, seconds, runs):
            results.add(values)
            say(f"embedded  {_shown(values)}")
    except Exception as error:
        results.failures |= {name: f"{type(error).__name__}: {error}" for name in EMBEDDED}
        say(f"embedded edition: {type(error).__name__}: {error}")


def _memory_of_services(environment: Environment) -> Values:
    processes = running([environment.folder / "system"])
    each = {f"memory_mb_{service}": memory_mb([processes[f"{service}-0"]]) for service in SERVICES}
    return {**each, "memory_mb": max(each.values())}


def _shown(values: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:,.1f}" for name, value in values.items() if name in FIGURES)
