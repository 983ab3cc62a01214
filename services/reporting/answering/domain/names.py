"""What units and provinces are called, and which provinces there were in a fiscal year. Pure."""

from collections.abc import Callable, Iterable, Mapping

from services.reporting.answering.domain.sums import By
from services.reporting.projecting import Membership, Unit

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
            if unit.province is not None and self.membership(unit) is not None:
                self._provinces.setdefault(unit.province, unit)

    def keys(self, by: By) -> set[str]:
        """The keys that exist whether or not a run was offered to them; none for other dimensions."""
        offices = {code: unit for code, unit in self._provinces.items() if self._covers(unit.id)}
        members = {code: self.membership(unit) for code, unit in offices.items()}
        keys: Mapping[By, Iterable[str | None]] = {
            By.PROVINCE: members,
            By.GROUP: (member.group for member in members.values() if member),
            By.REGION: (member.region for member in members.values() if member),
        }
        return {key for key in keys.get(by, ()) if key}

    def provinces(self) -> Iterable[str]:
        """Those with an office, wherever somebody asks from."""
        return self._provinces.keys()

    def unit(self, key: str) -> Unit | None:
        return self._units.get(key)

    def office(self, province: str) -> Unit | None:
        """The provincial office, which knows what the province is called."""
        return self._provinces.get(province)

    def membership(self, unit: Unit) -> Membership | None:
        """The last one within the year."""
        if not _overlaps(unit.valid_from, unit.valid_to, self._days):
            return None
        fitting = [member for member in unit.memberships if _overlaps(member.valid_from, member.valid_to, self._days)]
        return max(fitting, key=lambda member: member.valid_from, default=None)


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
