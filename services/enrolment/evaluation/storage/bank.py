"""The question bank and forms: every version has a document of its own, which is never changed but for the mark of the
newest. The bundled ones are versions, too, and have no documents."""

from collections.abc import Sequence
from typing import Any, Final

from services.enrolment.evaluation.domain.bundled import FORMS as BUNDLED_FORMS
from services.enrolment.evaluation.domain.bundled import QUESTIONS as BUNDLED_QUESTIONS
from services.enrolment.evaluation.domain.forms import Asked, Form
from services.enrolment.evaluation.domain.questions import Choice, Question, QuestionKind
from services.enrolment.evaluation.storage.specs import FORMS, NEWEST, QUESTIONS
from shared.events.evaluation import FormKind
from shared.mongo import Collection, Database, Document, Session, translated_calls

_QUESTIONS: Final = {question.key: question for question in BUNDLED_QUESTIONS}
_FORMS: Final = {form.key: form for form in BUNDLED_FORMS.values()}


class Bank:
    """Both collections."""

    def __init__(self, database: Database) -> None:
        self._questions = database[QUESTIONS.name]
        self._forms = database[FORMS.name]

    async def questions(self, keys: Sequence[str], session: Session | None = None) -> dict[str, Question]:
        """The newest version of each that there is."""
        rows = self._questions.find({"key": {"$in": list(keys)}, **NEWEST}, session=session)
        stored = {row["key"]: question_of(row) async for row in rows}
        return {key: _QUESTIONS[key] for key in keys if key in _QUESTIONS} | stored

    async def form(self, key: str, session: Session | None = None) -> Form | None:
        """Its newest version."""
        row = await self._forms.find_one({"key": key, **NEWEST}, session=session)
        return _FORMS.get(key) if row is None else form_of(row)

    async def form_of_version(self, key: str, version: int, session: Session | None = None) -> Form | None:
        bundled = _FORMS.get(key)
        if bundled is not None and bundled.version == version:
            return bundled
        row = await self._forms.find_one({"_id": _id(key, version)}, session=session)
        return None if row is None else form_of(row)

    async def page_of_questions(self, after: str, limit: int) -> list[Question]:
        """The newest versions in the order of keys; one more than `limit`."""
        with translated_calls():
            rows = await _page(self._questions, after, limit)
        return _with_bundled([question_of(row) for row in rows], list(_QUESTIONS.values()), after, limit)

    async def page_of_forms(self, after: str, limit: int) -> list[Form]:
        with translated_calls():
            rows = await _page(self._forms, after, limit)
        return _with_bundled([form_of(row) for row in rows], list(_FORMS.values()), after, limit)

    async def add_question(self, question: Question, by: str, session: Session) -> None:
        await _add(self._questions, question.key, question.version, _question_fields(question), by, session)

    async def add_form(self, form: Form, by: str, session: Session) -> None:
        await _add(self._forms, form.key, form.version, _form_fields(form), by, session)


async def _page(collection: Collection, after: str, limit: int) -> list[Document]:
    found = collection.find({"key": {"$gt": after}, **NEWEST}).sort("key", 1).limit(limit + 1)
    rows: list[Document] = await found.to_list(None)
    return rows


def _with_bundled(stored: list[Any], bundled: list[Any], after: str, limit: int) -> list[Any]:
    there = {one.key: one for one in bundled if one.key > after} | {one.key: one for one in stored}
    return [there[key] for key in sorted(there)][: limit + 1]


async def _add(collection: Collection, key: str, version: int, fields: Document, by: str, session: Session) -> None:
    """Two at once: the index of the newest refuses one."""
    await collection.update_one({"key": key, **NEWEST}, {"$unset": dict.fromkeys(NEWEST, "")}, session=session)
    row = {"_id": _id(key, version), "key": key, "version": version, **fields, "made_by": by, **NEWEST}
    await collection.insert_one(row, session=session)


def _id(key: str, version: int) -> str:
    return f"{key}:{version}"


def _question_fields(question: Question) -> Document:
    return {
        "kind": question.kind.value,
        "th": question.th,
        "en": question.en,
        "choices": [{"key": choice.key, "th": choice.th, "en": choice.en} for choice in question.choices],
        "least": question.least,
        "most": question.most,
    }


def question_of(row: Document) -> Question:
    return Question(
        row["key"],
        row["version"],
        QuestionKind(row["kind"]),
        row["th"],
        row["en"],
        tuple(Choice(**choice) for choice in row["choices"]),
        row["least"],
        row["most"],
    )


def _form_fields(form: Form) -> Document:
    """With the questions as they were: what was asked stays readable."""
    asked = [
        {"key": one.question.key, "version": one.question.version, **_question_fields(one.question)}
        for one in form.asked
    ]
    return {
        "kind": form.kind.value,
        "th": form.th,
        "en": form.en,
        "asked": [{"question": row, "required": one.required} for row, one in zip(asked, form.asked, strict=True)],
        "measure": form.measure,
    }


def form_of(row: Document) -> Form:
    return Form(
        row["key"],
        row["version"],
        FormKind(row["kind"]),
        row["th"],
        tuple(Asked(question_of(one["question"]), one["required"]) for one in row["asked"]),
        row["measure"],
        row["en"],
    )
