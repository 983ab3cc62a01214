"""What invitations of posts must come to by the model of lists. For drawn lives of seats."""

from services.enrolment.directory import Held, root_unit
from shared.events.directory import InPost
from shared.thai import local_date
from tests.unit.enrolment.seats.life_model import Model
from tests.unit.enrolment.seats.life_posts import GROUP_HEAD, HEAD, Incumbent, Posts
from tests.unit.enrolment.seats.life_service import PEOPLE

Invited = tuple[Held, str, str]  # the post, who is in it, and why nobody is nominated; empty: that one is
Succession = tuple[str, str | None, InPost]  # the nomination, and who is in the post now


class ExpectedOfPosts:
    """`posts`: whoever is in them on the day of a run."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.posts = Posts()

    def comes_as(self, person: str, run: str, post: Held | None) -> tuple[str, Held | None]:
        """Of which office somebody is: of that of the post, for who is in it."""
        day = local_date(self.model.runs[run].starts)
        held = None if post is None else self.posts.held(person, post.unit, day)
        return root_unit(held.unit if held else PEOPLE[person].place.unit), held

    def invited(self, run: str, unit: str) -> tuple[list[Invited], list[tuple[str, str]]]:
        """And which posts are vacant. Of an office for which there are no seats no post is asked about."""
        if self.model.desk_for(run, unit) is None:
            return [], []
        several = Held(f"{unit}.HR", GROUP_HEAD, InPost.HOLDER), "", "post-several-registered"
        if (there := self._there(run, unit)) is None:
            return [several], [(unit, HEAD)]
        person, in_post = there
        return [(Held(unit, HEAD, in_post), person, self._unless(run, unit, person)), several], []

    def _there(self, run: str, unit: str) -> Incumbent | None:
        return self.posts.there(unit, local_date(self.model.runs[run].starts))

    def _unless(self, run: str, unit: str, person: str) -> str:
        of_post = {id: one for id, one in self.model.cards.items() if one.run == run and one.held}
        of_unit = {id: one.person for id, one in of_post.items() if one.held is not None and one.held.unit == unit}
        live = [who for id, who in of_unit.items() if id not in self.model.out]
        if live:
            return "already-nominated" if person in live else "predecessor-nominated"
        return "ex-officio-ended" if person in of_unit.values() else ""

    def successions(self, run: str) -> list[Succession]:
        """Of everybody who stands for a post and is not in it any more; but who is in it may be in the run already, and
        then can take over only what he or she waits for."""
        live = [(one.held.unit, id) for id, one in self.model.cards.items() if one.held and one.run == run]
        found = []
        for unit, id in sorted((unit, id) for unit, id in live if id not in self.model.out):
            person, in_post = self._there(run, unit) or (None, InPost.HOLDER)
            is_there = person is not None and self.model.live(run, person) is not None
            if person != self.model.cards[id].person and (not is_there or person in self.model.beside(id)):
                found.append((id, person, in_post))
        return found
