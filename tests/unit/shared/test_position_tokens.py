"""Tokens of positions: small whatever they stand for, the same for readers, and made by nobody else."""

import base64
import hmac
import uuid
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.events.envelope import MOST_SEQUENCE, Position
from shared.events.seats import bucket_id
from shared.position_tokens import (
    LIFE_SECONDS,
    LONGEST,
    ExpiredPosition,
    InvalidPosition,
    PositionTokens,
    Reached,
    Receipt,
    fits,
    together,
    unverified,
)

OLD, NEW, OTHER = (bytes([sign]) * 32 for sign in b"one")
RUN = "0192f0c1-2222-7000-8000-000000000001"
BUCKET = Position(bucket_id(RUN, "OFFICES", "PO-50"), 3)
UUIDS = st.uuids().map(str)
UNITS = st.sampled_from(["PO-50", "PO-50.HR", "OPS", "PERS"])
AGGREGATES = (
    UUIDS
    | st.builds(bucket_id, UUIDS, st.sampled_from(["HR", "OFFICES", "ก"]), UNITS)
    | st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=80)
)
SEQUENCES = st.integers(1, MOST_SEQUENCE)
POSITIONS = st.lists(st.builds(Position, AGGREGATES, SEQUENCES), max_size=12)
RECEIPTS = st.lists(st.builds(Receipt, UUIDS, SEQUENCES), max_size=2)


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> PositionTokens:
    return PositionTokens({"new": NEW, "old": OLD}, clock=clock)


@given(POSITIONS, RECEIPTS)
def test_a_token_says_what_fits_in_order_and_is_never_longer(
    positions: Sequence[Position], receipts: Sequence[Receipt]
) -> None:
    tokens = PositionTokens({"new": NEW})
    token = tokens.issue(Reached(tuple(positions), tuple(receipts)))

    read = tokens.read(token)
    assert len(token) <= LONGEST
    assert read.receipts == tuple(receipts)
    rest = iter(positions)
    assert all(position in rest for position in read.positions)
    if fits(positions) and not receipts:
        assert read.positions == tuple(positions)
    assert unverified(token) == read


def test_three_buckets_fit_and_seventy_seven_do_not() -> None:
    buckets = [Position(bucket_id(RUN, "OFFICES", f"PO-{number}"), 1000) for number in range(10, 87)]
    assert fits(buckets[:3])
    assert fits([Position("r" * 117, MOST_SEQUENCE)])
    assert not fits([Position("r" * 200, 1)])
    assert not fits(buckets)
    assert len(PositionTokens({"new": NEW}).issue(Reached(tuple(buckets), (Receipt(RUN, 154),)))) <= LONGEST


@given(st.data())
def test_whatever_is_changed_in_a_token_it_is_refused(data: st.DataObject) -> None:
    tokens = PositionTokens({"new": NEW}, clock=lambda: 1_600_000_000)  # the same token every time
    token = tokens.issue(Reached((BUCKET,)))
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from(sorted(set("ABCxyz019-_=+ ก") - {token[place]})))
    for wrong in (token[:place] + sign + token[place + 1 :], token[:place], token + token[place:], token[place + 1 :]):
        with pytest.raises(InvalidPosition):
            tokens.read(wrong)


@pytest.mark.parametrize("text", ["", "r1:HR:PO-50:3", "AQ" * 30, "A" * 10_000, "\0" * 40, "=" * 40])
def test_what_is_no_token_is_refused(tokens: PositionTokens, text: str) -> None:
    for read in (tokens.read, unverified):
        with pytest.raises(InvalidPosition):
            read(text)


def test_a_token_of_a_stranger_is_refused_and_one_of_an_older_key_is_not(tokens: PositionTokens, clock: Clock) -> None:
    reached = Reached((BUCKET,))
    assert tokens.read(PositionTokens({"old": OLD}, clock=clock).issue(reached)) == reached
    assert PositionTokens({"new": NEW}, clock=clock).read(tokens.issue(reached)) == reached
    with pytest.raises(InvalidPosition):
        tokens.read(PositionTokens({"other": OTHER}, clock=clock).issue(reached))
    with pytest.raises(ValueError, match="PATTANA_POSITION_KEYS"):
        PositionTokens({})


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [(0, None), (LIFE_SECONDS, None), (LIFE_SECONDS + 1, ExpiredPosition), (-60, None), (-3600, ExpiredPosition)],
)
def test_a_token_lives_for_a_day(
    tokens: PositionTokens, clock: Clock, seconds: int, refused: type[Refused] | None
) -> None:
    token = tokens.issue(Reached((BUCKET,)))
    clock.now += seconds
    if refused is None:
        assert tokens.read(token).positions == (BUCKET,)
    else:
        with pytest.raises(refused) as caught:
            tokens.read(token)
        assert (caught.value.status, caught.value.details) == (400, {})


def test_a_token_tells_its_holder_nothing_in_clear(tokens: PositionTokens) -> None:
    token = tokens.issue(Reached((Position(f"contact:{RUN}", 1),)))
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert RUN.encode() not in raw
    assert len(raw) == 1 + 4 + 1 + len("contact:") + 17 + 1 + 16


@given(st.lists(st.builds(Reached, POSITIONS.map(tuple), RECEIPTS.map(tuple)), max_size=4))
def test_together_the_last_positions_and_the_sums_of_receipts_count(parts: list[Reached]) -> None:
    merged = together(parts)
    for part in parts:
        for position in part.positions:
            assert any(one.aggregate == position.aggregate and one.seq >= position.seq for one in merged.positions)
    assert len({position.aggregate for position in merged.positions}) == len(merged.positions)
    events = sum(receipt.events for part in parts for receipt in part.receipts)
    assert sum(receipt.events for receipt in merged.receipts) == events
    assert all(uuid.UUID(receipt.id) for receipt in merged.receipts)


def test_the_signature_is_the_hmac_of_purpose_and_content(tokens: PositionTokens) -> None:
    raw = base64.urlsafe_b64decode(tokens.issue(Reached((BUCKET,))) + "=" * 3)
    assert raw[-16:] == hmac.digest(NEW, b"pattana-position\0" + raw[:-16], "sha256")[:16]
