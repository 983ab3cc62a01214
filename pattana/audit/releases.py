"""Whether no seat was lost or made by a release: what its events say of every bucket, and the list of released seats.
Pure; shares no code with the services."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pattana.audit.buckets import BucketFold
from shared.events.seats import bucket_parts
from shared.rights import POOLS, pool_of

Side = tuple[str, str]  # target group and pool


@dataclass(slots=True)
class Releases:
    """Of one run. `moved`: by how many seats the buckets of a side have changed in all; it is none."""

    moved: Counter[Side] = field(default_factory=Counter)
    gave: Counter[str] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)

    def take(self, fold: BucketFold) -> None:
        if not fold.releases:
            return
        _, target, unit = bucket_parts(fold.aggregate)
        self.moved[target, pool_of(unit)] += fold.moved
        if unit not in POOLS:
            self.gave[fold.aggregate] += fold.released
            self.got[fold.aggregate] += fold.received

    def faults(self, run: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for (target, pool), seats in self.moved.items():
            if seats:
                yield f"run {run} has {seats:+} seats of {target} by the release into {pool}"
        gave, got = _listed(run, rows)
        for what, said, listed in (("gave up", self.gave, gave), ("got", self.got, got)):
            for bucket in sorted(said.keys() | listed.keys()):
                if said[bucket] != listed[bucket]:
                    yield f"bucket {bucket} {what} {said[bucket]} seats, of released seats {listed[bucket]} are listed"


def _listed(run: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    gave: Counter[str] = Counter()
    got: Counter[str] = Counter()
    for row in rows:
        if row["source"] == row["to"]:
            continue
        for unit, counter in ((row["source"], gave), (row["to"], got)):
            if unit not in POOLS:
                counter[f"{run}:{row['target']}:{unit}"] += 1
    return gave, got
