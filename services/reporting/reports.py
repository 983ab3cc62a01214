"""Answers made of sums and descriptions: runs, programmes and coverage, as they go out. Pure.

Keys are camelCase because these are the answers themselves. A count that is hidden from the caller is null, and what it
stands in says `suppressed: true`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from services.reporting.descriptions import Programme, Run, Unit
from services.reporting.domain import Row
from services.reporting.names import Names
from services.reporting.rollups import Cell, Rollup
from services.reporting.sums import KEYS, By, Sum, broken_down, percentage, total
from services.reporting.suppression import Path, hidden_in_sum
from shared.events.enrolment import CENTRAL_REGION

Answer = dict[str, Any]
Language = Literal["th", "en"]
NOT_APPLICABLE: Final[Mapping[Language, str]] = {"th": "ไม่เกี่ยวข้อง", "en": "not applicable"}
