"""Target groups as they stand in the documents of programmes and runs."""

from collections.abc import Mapping
from typing import Any

from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope


def target_of(document: Mapping[str, Any]) -> TargetGroup:
    """From its document, which may lack empty rules."""
    return TargetGroup(
        key=document["key"],
        scope=TargetScope(document["scope"]),
        unit=document.get("unit"),
        levels=tuple(document.get("levels") or ()),
        posts=tuple(document.get("posts") or ()),
        positions=tuple(document.get("positions") or ()),
        seats=document.get("seats"),
        per_unit=document.get("per_unit"),
        name=document.get("name"),
    )


def target_document(target: TargetGroup) -> dict[str, Any]:
    """As stored, without empty rules."""
    fields = {name: getattr(target, name) for name in TargetGroup.__slots__}
    fields["scope"] = target.scope.value
    for name in ("levels", "posts", "positions"):
        fields[name] = list(fields[name])
    return {name: value for name, value in fields.items() if value is not None and value != []}
