"""Which of what waits for approval somebody is to decide who does so in another's place."""

import itertools

import pytest

from services.notification.domain import Delegation, Kind, delegate_reason, overtaken
from services.notification.reminders.domain import Awaited, Steps, by_delegate, by_office, steps_awaited
from shared.events.seats import Approver
from tests.unit.notification.builders import NOW, START, message, run

UNITS = ("PO-50", "PO-50.HR", "PO-51.HR", "DRI.2", "PERS", "OPS", "PO")
ABSENT = ("PO-50", "PO-50.HR", "PERS", "OPS", "DRI")
LATER = START


def delegation(unit: str, *steps: Approver, delegate: str = "deputy", id: str = "d") -> Delegation:
    return Delegation(id, unit, delegate, steps, NOW, LATER)


def asked(steps: Steps, *delegations: Delegation, organiser: str | None = "PERS") -> dict[tuple[str, str], int]:
    of = {unit: [one for one in delegations if one.unit == unit] for unit in {one.unit for one in delegations}}
    return {key: waits.count for key, waits in by_delegate(run(organiser=organiser), steps, of).items()}


def below(unit: str, above: str) -> bool:
    """In other words than the rights say it."""
    if above == "OPS":
        return not unit.startswith("PO-") and unit != "PO"
    return unit.split(".")[: len(above.split("."))] == above.split(".")


@pytest.mark.parametrize(("unit", "absent"), list(itertools.product(UNITS, ABSENT)))
@pytest.mark.parametrize("approver", Approver)
@pytest.mark.parametrize("step", Approver)
@pytest.mark.parametrize("organiser", ["PERS", "PO-50.HR", None])
def test_who_decides_for_whom(
    unit: str, absent: str, approver: Approver, step: Approver, organiser: str | None
) -> None:
    """Their own step, of their units; the organiser's for all units, where the organiser is of their unit."""
    decided_in = organiser if approver is Approver.ORGANISER and organiser is not None else unit
    expected = {("deputy", absent.partition(".")[0]): 1} if step is approver and below(decided_in, absent) else {}

    assert asked(steps_awaited([(unit, approver, None)]), delegation(absent, step), organiser=organiser) == expected


def test_what_two_have_left_to_one_is_counted_once_and_of_two_offices_apart() -> None:
    steps = steps_awaited([("PO-50.HR", Approver.SUPERVISOR, None)] * 3 + [("PO-50", Approver.SUPERVISOR, None)])
    two = [delegation("PO-50", Approver.SUPERVISOR, id=id) for id in ("one", "other")]
    group = delegation("PO-50.HR", Approver.SUPERVISOR, Approver.UNIT_HR)
    another = delegation("PO-50", Approver.SUPERVISOR, delegate="another")

    assert asked(steps, *two, group, another) == {("deputy", "PO-50"): 4, ("another", "PO-50"): 4}
    elsewhere = {**steps, **steps_awaited([("PO-51", Approver.SUPERVISOR, None)])}
    assert asked(elsewhere, group, delegation("PO-51", Approver.SUPERVISOR)) == {
        ("deputy", "PO-50"): 3,
        ("deputy", "PO-51"): 1,
    }


def test_the_first_deadline_counts_and_where_nobody_is_known_the_office_alone_is_asked() -> None:
    steps = steps_awaited(
        [
            ("PO-50", Approver.SUPERVISOR, LATER),
            ("PO-50.HR", Approver.SUPERVISOR, NOW),
            ("PO-50.HR", None, None),
            ("PO-50", "CABINET", None),
        ]
    )

    assert by_office(run(), steps) == {"PO-50": Awaited(4, NOW)}
    assert by_delegate(run(), steps, {"PO-50": [delegation("PO-50", *Approver)]}) == {
        ("deputy", "PO-50"): Awaited(2, NOW)
    }


def test_the_digest_of_a_day_is_no_news_on_the_next() -> None:
    reason = delegate_reason("deputy", "PO-50", NOW)
    digest = message(kind=Kind.APPROVALS_DELEGATED, nomination=None, recipient="deputy", reason=reason)
    tomorrow = run(offset_seconds=-86_400)

    assert overtaken(digest, run(), None, NOW) is None
    assert overtaken(digest, tomorrow, None, NOW) == "digest-outdated"
