"""Decides what is said of posts beside what is known of them, and writes it: of a sheet and of a single one alike.

What is decided of a row depends on what is stored and on the rows above it, and on nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.domain.post_refusals import PersonNotKnown, PredecessorStays
from services.enrolment.directory.domain.post_report import Ended, Taken
from services.enrolment.directory.domain.post_rows import Claim
from services.enrolment.directory.domain.posts import Filling, Holding, Occupant, Recorded, check_holding, fill, filled
from services.enrolment.directory.domain.refusals import IdentityConflict
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.rows import external_hashes
from services.enrolment.directory.storage import People, Posts
from shared.citizens import CitizenKeys
from shared.errors import Refused, UnitOutOfScope
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Scope

Post = tuple[str, str]


@dataclass(slots=True)
class Filled:
    """What one run of a chunk's transaction has decided."""

    taken: list[Taken] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    questions: list[Bad] = field(default_factory=list)


@dataclass(slots=True)
class _Book:
    """One post as these rows change it. `seq` is where its history stood."""

    seq: int
    holdings: dict[str, Holding]
    new: dict[str, Holding] = field(default_factory=dict)
    changed: dict[str, Holding] = field(default_factory=dict)
    history: list[Holding] = field(default_factory=list)

    def take(self, filling: Filling) -> None:
        for holding in filling.changed:
            is_new = holding.id not in self.holdings or holding.id in self.new
            (self.new if is_new else self.changed)[holding.id] = holding
            self.holdings[holding.id] = holding
            self.history.append(holding)


class Fillings:
    """One per process."""

    def __init__(self, posts: Posts, people: People, citizen_keys: CitizenKeys) -> None:
        self._posts = posts
        self._people = people
        self._citizen_keys = citizen_keys

    async def fill(
        self,
        claims: Sequence[Claim],
        ids: Sequence[str],
        scope: Scope,
        confirmed: Collection[int],
        session: Session,
        recorder: EventRecorder,
        *,
        preview: bool = False,
    ) -> Filled:
        """`ids` are of the holdings that the rows may make, `confirmed` are lines whose predecessors leave. Of a
        `preview` nothing is written."""
        people = await _Whom.read(self._people, claims, self._citizen_keys, session)
        books = await self._books({(claim.unit.key, claim.post) for claim in claims}, session)
        done = Filled()
        for claim, id in zip(claims, ids, strict=True):
            book = books[claim.unit.key, claim.post]
            try:
                holding = _holding(claim, id, people.of(claim), scope)
                known = book.holdings.values()
                filling = fill(known, holding, keeps_end=claim.keeps_end, confirmed=claim.line in confirmed)
            except PredecessorStays as question:
                done.questions.append(Bad(claim.line, None, question))
            except Refused as error:
                done.bad.append(Bad(claim.line, None, error))
            else:
                book.take(filling)
                _note(done, claim.line, filling, again=filling.holding.id == id)
        if not preview:
            await self._write(books, session, recorder)
        return done

    async def _books(self, posts: set[Post], session: Session) -> dict[Post, _Book]:
        stands = await self._posts.histories(posts, session)
        known = await self._posts.of_posts(posts, session)
        return {post: _Book(stands.get(post, 0), {one.id: one for one in known[post]}) for post in posts}

    async def _write(self, books: Mapping[Post, _Book], session: Session, recorder: EventRecorder) -> None:
        for post, book in sorted(books.items()):
            if book.history:
                stands = (book.seq, book.seq + len(book.history))
                await self._posts.write(post, stands, book.new.values(), book.changed.values(), session)
                recorder.record(map(filled, book.history), after=book.seq)


@dataclass(frozen=True, slots=True)
class _Whom:
    """The people whom some rows may be about."""

    by_id: Mapping[str, Person]
    by_external: Mapping[str, Person]
    by_hash: Mapping[str, Person]

    @classmethod
    async def read(cls, people: People, claims: Iterable[Claim], keys: CitizenKeys, session: Session) -> "_Whom":
        ids = {claim.person for claim in claims if claim.person}
        externals = {claim.external_id for claim in claims if claim.external_id}
        hashes = {one for claim in claims for one in claim.citizen_hashes}
        erased = {one: external for external in externals for one in external_hashes(external, keys)}
        by_hash, by_external = await people.by_identity(hashes, externals, erased, session)
        return cls(
            await people.by_ids(ids, session) if ids else {},
            {key: stored.person for key, stored in by_external.items()},
            {key: stored.person for key, stored in by_hash.items()},
        )

    def of(self, claim: Claim) -> Person:
        """Raises PersonNotKnown and IdentityConflict."""
        asked = [self.by_id.get(claim.person)] if claim.person else []
        asked += [self.by_external.get(claim.external_id)] if claim.external_id else []
        if claim.citizen_hashes:
            asked.append(next((self.by_hash[one] for one in claim.citizen_hashes if one in self.by_hash), None))
        found = {person.id: person for person in asked if person is not None}
        if len(found) > 1:
            raise IdentityConflict()
        if not found or None in asked:
            raise PersonNotKnown()
        return next(iter(found.values()))


def _holding(claim: Claim, id: str, person: Person, scope: Scope) -> Holding:
    """Raises UnitOutOfScope, PersonNotKnown for somebody outside the scope, and what `check_holding` does."""
    if not scope.covers_unit(claim.unit.key):
        raise UnitOutOfScope(unit=claim.unit.key)
    if not scope.covers_unit(person.unit):
        raise PersonNotKnown()
    days = (claim.valid_from, claim.valid_to)
    holding = Holding(id, claim.unit.key, claim.post, person.id, claim.in_post, *days)
    check_holding(holding, claim.unit, Occupant(person.id, person.unit, person.erased))
    return holding


def _note(done: Filled, line: int, filling: Filling, *, again: bool) -> None:
    """`again`: an earlier run of this very chunk may have stored it."""
    result = Recorded.RECORDED if again else filling.result
    done.taken.append(Taken(line, filling.holding.id, result))
    if filling.ended is not None and filling.ended.valid_to is not None:
        done.ended.append(Ended(line, filling.ended.id, filling.ended.valid_to))
