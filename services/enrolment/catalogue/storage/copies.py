"""What a run carries of its programme: seats read the run alone."""

from typing import Any

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.storage.policies import policies_document
from services.enrolment.catalogue.storage.routes import approving
from services.enrolment.catalogue.storage.targets import target_document
from services.enrolment.catalogue.storage.waiting_lists import waiting_lists_document
from shared.mongo.searching import search_fields
from shared.thai import words_of


def copied(description: Description) -> dict[str, Any]:
    return {
        **looked_for(description),
        "fiscal_year": description.fiscal_year,
        **approving(description),
        "four_eyes": description.four_eyes,
        "applications": description.applications,
        **policies_document(description),
        "on_move": description.on_move.value,
        "forms": [form.value for form in description.forms],
        "waiting_lists": waiting_lists_document(description.waiting_lists),
        "target_groups": [target_document(target) for target in description.target_groups],
        "chair": None if description.chair is None else description.chair.model_dump(),
    }


def looked_for(description: Description) -> dict[str, Any]:
    """What lists tell of a programme or a run, and what it is found by."""
    named = {"code": description.code, "title": description.title}
    return {**named, **search_fields(words_of(f"{description.title} {description.code}"))}
