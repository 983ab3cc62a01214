"""Results: what has been told of a form, texts when it is over, and what single people have gained in a test."""

from typing import Final

from services.enrolment.evaluation.domain.form_refusals import UnknownForm
from services.enrolment.evaluation.domain.refusals import UnknownQuestion
from services.enrolment.evaluation.http.responses import gain_response
from services.enrolment.evaluation.service.forms import FormService, RunForm
from services.enrolment.evaluation.storage import Respondents, Texts
from shared.events.evaluation import SMALLEST_BATCH, FormKind
from shared.rights import Permission, Principal

NO_TEXTS: Final[list[tuple[str, str]]] = []


class Results:
    """Reads."""

    def __init__(self, forms: FormService, respondents: Respondents, texts: Texts) -> None:
        self._forms = forms
        self._respondents = respondents
        self._texts = texts

    async def of(self, run: str, kind: FormKind) -> RunForm:
        """Raises NotFound and UnknownForm."""
        return await self._forms.one(run, kind)

    async def texts(self, run: str, kind: FormKind, question: str, after: str, limit: int) -> list[tuple[str, str]]:
        """When the form is closed, and if five have written something here; one more than `limit`. Raises NotFound,
        UnknownForm and UnknownQuestion."""
        read = await self._forms.one(run, kind)
        if question not in read.form.texts:
            raise UnknownQuestion(question=question)
        told = read.evaluation.sums.get(question)
        if not read.evaluation.closed or told is None or told.answers < SMALLEST_BATCH:
            return NO_TEXTS
        return await self._texts.page(run, kind, question, after, limit)

    async def gains(self, run: str, by: Principal, after: str, limit: int) -> list[dict[str, object]]:
        """Of whoever has answered POST, in the order of persons; one more than `limit`. Raises NotFound and
        UnknownForm."""
        post = await self._forms.one(run, FormKind.POST)
        if FormKind.PRE not in post.run.forms:
            raise UnknownForm(form=FormKind.PRE.value)
        compares = post.form.compares((await self._forms.one(run, FormKind.PRE)).form)
        scope = by.scope(Permission.EVALUATION_MARKS)
        if scope.all:
            marked = await self._respondents.page_of_measures(run, FormKind.POST, after, limit)
            posts = {one.person: one.measure for one in marked}
        else:
            own = await self._respondents.measures(run, FormKind.POST, [by.subject])
            posts = dict(own) if by.subject > after else {}
        pres = await self._respondents.measures(run, FormKind.PRE, list(posts))
        return [gain_response(person, pres.get(person), mark, compares=compares) for person, mark in posts.items()]
