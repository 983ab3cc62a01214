"""One stored nomination against what the events of its bucket have made of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from pattana.audit.buckets import BucketFold, Nominee, office, place_document, stored_key
from pattana.audit.differences import differences
from pattana.audit.states import LIVE
from shared.events.seats import NominationState, bucket_parts


def nomination_differences(fold: BucketFold, document: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    """P2: one stored nomination against the bucket's events. `seen` collects the checked ones."""
    key = document["_id"]
    nominee = fold.nominees.get(stored_key(key, document.get("transfers", 0)))
    if nominee is None:
        yield f"nomination {key} is stored, but no event of {fold.aggregate} made it"
        return
    seen.add(stored_key(key, document.get("transfers", 0)))
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    expected = {
        "bucket": fold.aggregate,
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "programme": fold.programme,
        "place": place_document(nominee.place),
        "state": nominee.state.value,
        "person": nominee.person,
        "rank": str(nominee.rank),
        "queue": nominee.queue,
    }
    yield from differences(f"nomination {key}", expected, document)
    yield from (
        *_kind_differences(nominee, document),
        *_mark_differences(nominee, document),
        *_offer_differences(nominee, document),
    )
    if bool(document.get("live")) != (nominee.state in LIVE):
        yield f"nomination {key} is {nominee.state.value}, its field live is {document.get('live')}"


def _kind_differences(nominee: Nominee, document: Mapping[str, Any]) -> Iterator[str]:
    """As what somebody comes, of which class of training, and what checks had found."""
    key, stored = document["_id"], (document.get("ex_officio") or {}).get("in_post")
    if stored != nominee.ex_officio:
        yield f"nomination {key} is stored as ex officio {stored}, its events say {nominee.ex_officio}"
    codes = tuple(dict.fromkeys(warning["code"] for warning in document.get("warnings", ())))
    if codes != nominee.warnings:
        yield f"nomination {key} has the warnings {codes}, its events say {nominee.warnings}"
    if (of_class := document.get("training_class")) != nominee.training_class:
        yield f"nomination {key} is stored as of class {of_class}, its events say {nominee.training_class}"


def _offer_differences(nominee: Nominee, document: Mapping[str, Any]) -> Iterator[str]:
    """Of a run that was cancelled the time is forgotten."""
    key, until = document["_id"], document.get("offered_until")
    if nominee.state is not NominationState.OFFERED and until is not None:
        yield f"nomination {key} is {nominee.state.value}, and offered a seat until {until}"
    elif until not in (None, nominee.until):
        yield f"nomination {key} is offered a seat until {until}, its events say {nominee.until}"


def _mark_differences(nominee: Nominee, document: Mapping[str, Any]) -> Iterator[str]:
    """Of a person who has moved. Within an office nothing is said of it."""
    key, stands = document["_id"], document.get("present_unit")
    if (None if stands is None else office(stands)) != nominee.away or bool(document.get("moved")) != bool(stands):
        yield f"nomination {key} is marked as of {stands}, by its events its person is of {nominee.away or 'its place'}"
    if nominee.state in LIVE and bool(document.get("asked")) != nominee.asked:
        yield f"nomination {key}: its field asked is {document.get('asked')}, by its events {nominee.asked}"
