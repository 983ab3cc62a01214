"""What approval asks of the database: a programme without a step, or with one, costs no query that was not there."""

from collections import Counter

from tests.integration.enrolment.conftest import Counted
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import opened
from tests.support.commands import Commands

NOMINATING = {
    "find runs": 1,
    "find people": 1,
    "find buckets": 1,
    "find nominations": 1,  # whether the person has one
    "update buckets": 1,
    "insert nominations": 1,
}
APPROVING = {"find runs": 1, "find nominations": 1, "find buckets": 1, "update buckets": 1, "update nominations": 1}
COLLECTIONS = {"runs", "programmes", "people", "units", "buckets", "nominations", "delegations"}


def asked(sent: Commands) -> Counter[str]:
    """By requests, and by the loop that writes what they ask for; other loops look for other work meanwhile."""
    looked = [one for one in sent.sent if one.loop in (None, "seats") and one.collection in COLLECTIONS]
    return Counter(f"{one.name} {one.collection}" for one in looked)


async def test_steps_are_decided_with_what_is_read_anyway(counted: Counted) -> None:
    office, sent = counted.office, counted.sent
    people = await staff(office, "PO-50.HR", 2)
    for steps in ([], ["ORGANISER"], ["ORGANISER", "SUPERVISOR"]):
        driver = await opened(office, {"PO-50": 3}, approval=steps)
        await driver.nominate(people[0])  # the units are remembered
        sent.sent.clear()
        made = await driver.nominate(people[1])
        assert asked(sent) == NOMINATING, steps
        if steps:
            sent.sent.clear()
            await driver.act("approve", made)
            assert asked(sent) == APPROVING, steps
