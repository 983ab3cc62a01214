"""`make bench`: measures, prints the table, writes bench/results/. Exits 2 when something that it needs is missing."""

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from bench import machine
from bench.figures import FIGURES, Results
from bench.measures import SIZED, measure
from bench.report import fill_readme, table, write
from bench.wrk import HOW_TO_GET, available
from tests.engines import EngineSet, detect


def main() -> int:
    options = _arguments()
    if set(options.only or FIGURES) - SIZED and not available():
        print(HOW_TO_GET, file=sys.stderr)
        return 2
    try:
        engine_set = detect()
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    described = machine.describe(str(engine_set)) | {"size": options.size}
    if described["load"] > machine.QUIET_LOAD:
        print(f"warning: the load average is {described['load']}: these numbers are not for comparison", flush=True)
    print(f"engines: {engine_set}", flush=True)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leaders for a moment
    results = _measured(engine_set, options)
    print(f"\n{table(results)}\n")
    if options.only and not options.results:
        print("a part only: nothing is written (--results NAME writes it)")
    else:
        for path in write(results, described, machine.commit(), options.results or "latest"):
            print(f"written: {path.relative_to(Path(__file__).parents[1])}")
        if not options.results:
            fill_readme(results)
    return 1 if results.failures else 0


def _measured(engine_set: EngineSet, options: argparse.Namespace) -> Results:
    chosen = options.only or tuple(FIGURES)
    with tempfile.TemporaryDirectory(prefix="pattana-bench-") as folder:
        return asyncio.run(
            measure(
                engine_set,
                Path(folder),
                chosen,
                runs=options.runs,
                seconds=options.seconds,
                share=options.size,
                say=lambda line: print(line, flush=True),
            )
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each figure; the median counts (3)")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of a run (6)")
    parser.add_argument("--size", type=float, default=1.0, help="share of the rows of the figures of size (1)")
    parser.add_argument("--only", type=_names, default=(), metavar="NAME,...", help="these figures; writes nothing")
    parser.add_argument("--results", metavar="NAME", help="write bench/results/NAME.json and .md")
    return parser.parse_args()


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in FIGURES]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: the figures are {', '.join(FIGURES)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
