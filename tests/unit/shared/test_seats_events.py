"""Ids of buckets: made of three parts, and read back into them."""

import pytest

from shared.events.seats import bucket_id, bucket_parts


def test_a_bucket_is_named_by_run_target_and_unit() -> None:
    assert bucket_id("r-1", "PROV_HR", "PO-50") == "r-1:PROV_HR:PO-50"
    assert bucket_parts("r-1:PROV_HR:PO-50") == ("r-1", "PROV_HR", "PO-50")


@pytest.mark.parametrize("text", ["", "r-1", "r-1:PROV_HR", "r-1:PROV_HR:PO-50:7"])
def test_what_has_more_or_fewer_parts_is_no_bucket(text: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        bucket_parts(text)
