"""Brings in what waits in the subjects of a batch: as much of each queue as may go on now, and no more.

A subject that is blocked for long has a long queue, and every later event of it comes by here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from shared.messaging.decoding import EventDecoder
from shared.messaging.held import PORTION, Held, is_parked, subject_of
from shared.messaging.sequence import Known, Received, Subject
from shared.mongo import Document, Session


async def load_queues(
    waiting: Collection[Subject],
    known: Mapping[Subject, Known],
    records: Sequence[Received],
    held: Held,
    decoder: EventDecoder,
    session: Session,
) -> None:
    """Fills queue, parked and more of the subjects in `waiting`. However many move at once, they share PORTION."""
    moving = {record.subject for record in records if record.subject in waiting and _moves(record, known)}
    most = max(1, PORTION // max(1, len(moving)))
    for subject in moving:
        rows = await held.portion(subject, most, session)
        _fill(known[subject], rows[:most], decoder)
        known[subject].more = known[subject].goes_on = len(rows) > most
    still = [subject for subject in waiting if subject not in moving]
    for row in await held.parked(still, session):
        _fill(known[subject_of(row)], [row], decoder)
    for subject in still:
        known[subject].more = True


def _moves(record: Received, known: Mapping[Subject, Known]) -> bool:
    """Whether this record may let others go on."""
    return record.stored or record.state or record.seq == known[record.subject].last + 1


def _fill(known: Known, rows: Iterable[Document], decoder: EventDecoder) -> None:
    for row in rows:
        known.queue[row["seq"]] = decoder.held(row)
        if is_parked(row) and row["seq"] not in known.discarded:
            known.parked.add(row["seq"])
