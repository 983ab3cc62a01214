"""What units and provinces are called, and which provinces there were in a fiscal year. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.reporting.descriptions import Membership, Unit
from services.reporting.sums import By

_BUDDHIST = 543


class Names:
    """Of one fiscal year, or of all times when there is none. `covers` says which units count as places to reach."""

    def __init__(
        self,
        units: Mapping[str, Unit],
        fiscal_year: int | None = None,
        covers: Callable[[str], bool] = lambda unit: False,
    ) -> None:
        self._units = units
        self._days = _days_of(fiscal_year)
        self._covers = covers
        self._provinces: dict[str, Unit] = {}
        # The office itself comes before its work groups.
        for unit in sorted(units.values(), key=lambda unit: unit.id):
            if unit.province is not None and self._belongs(unit) is not None:
                self._provinces.setdefault(unit.province, unit)

    def keys(self, by: By) -> set[str]:
        """The keys that there are whether or not a run was offered to them; of other dimensions none."""
        offices = {code: unit for code, unit in self._provinces.items() if self._covers(unit.id)}
        members = {code: self._belongs(unit) for code, unit in offices.items()}
        found: Mapping[By, Iterable[str | None]] = {
            By.PROVINCE: members,
            By.GROUP: (member.group for member in members.values() if member),
            By.REGION: (member.region for member in members.values() if member),
        }
        return {key for key in found.get(by, ()) if key}

    def describe(self, by: By, key: str) -> dict[str, Any]:
        """Names, and where a province belongs; nulls for what has not been heard of."""
        if by is By.UNIT:
            unit = self._units.get(key)
            return {
                "nameTh": unit.name_th if unit else None,
                "nameEn": unit.name_en if unit else None,
                "province": unit.province if unit else None,
            }
        if by is not By.PROVINCE:
            return {}
        office = self._provinces.get(key)
        member = self._belongs(office) if office else None
        return {
            "nameTh": office.province_th if office else None,
            "nameEn": office.province_en if office else None,
            "group": member.group if member else None,
            "region": member.region if member else None,
        }

    def _belongs(self, unit: Unit) -> Membership | None:
        """The last membership within the year."""
        if not _overlaps(unit.valid_from, unit.valid_to, self._days):
            return None
        fitting = [one for one in unit.memberships if _overlaps(one.valid_from, one.valid_to, self._days)]
        return max(fitting, key=lambda one: one.valid_from, default=None)


def _days_of(fiscal_year: int | None) -> tuple[str, str] | None:
    """First day, and the day after the last, as ISO text: 1 October to 30 September."""
    if fiscal_year is None:
        return None
    year = fiscal_year - _BUDDHIST
    return f"{year - 1:04}-10-01", f"{year:04}-10-01"


def _overlaps(since: str | None, until: str | None, days: tuple[str, str] | None) -> bool:
    if days is None:
        return True
    return (since is None or since < days[1]) and (until is None or until > days[0])
