"""Keyed hashes of citizen ids: each names its key, and all keys are looked for."""

import pytest

from shared.citizens import MOST_KEYS, CitizenKeys

OLD, NEW = "o" * 40, "n" * 40
PID = "3101700534215"


def test_one_secret_alone_is_the_first_key() -> None:
    alone, named = CitizenKeys.parse(OLD), CitizenKeys.parse(f"1={OLD}")
    assert alone.hashes(PID) == named.hashes(PID)
    newest, unnamed = alone.hashes(PID)
    assert newest == f"1:{unnamed}"


def test_the_newest_key_makes_hashes_and_all_are_looked_for() -> None:
    before, keys = CitizenKeys.parse(OLD), CitizenKeys.parse(f"2={NEW}, 1={OLD}")
    newest, *older = keys.hashes(PID)
    assert newest.startswith("2:")
    assert tuple(older) == before.hashes(PID)
    assert {keys.knows(one) for one in keys.hashes(PID)} == {True}
    retired = CitizenKeys.parse(f"2={NEW}")
    assert {one: retired.knows(one) for one in keys.hashes(PID)} == {newest: True} | dict.fromkeys(older, False)


def test_no_hash_holds_the_citizen_id_and_no_ring_its_secrets() -> None:
    keys = CitizenKeys.parse(f"2={NEW},1={OLD}")
    assert PID not in "".join(keys.hashes(PID))
    assert repr(keys) == "CitizenKeys(2, 1)"


@pytest.mark.parametrize(
    "text",
    [
        *("", "short", "2=short", f"2={NEW},1=short", f"2={NEW},{OLD}", f"2={NEW},2={OLD}"),
        ",".join(f"{n}={NEW}" for n in range(MOST_KEYS + 1)),
    ],
)
def test_what_is_no_ring_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="citizen key") as refused:
        CitizenKeys.parse(text)
    assert NEW not in str(refused.value)
