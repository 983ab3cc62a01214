"""A programme whose forms have been answered: six of Chiang Mai, and a superior about them."""

from typing import Any, Final

from tests.integration.rights.world import API, EXECUTIVE, HR, NOBODY, OFFICE, RUN, SUPERVISOR, Owner, World
from tests.support.waiting import until

FORM: Final = f"{RUN}/forms/{{form}}"
ALL: Final = ("PRE", "POST", "REACTION", "TRANSFER")
SIX: Final = ("anan", "busaba", "chai", "dao", "ek", "fah")
ALWAYS: Final = {"opensAt": "2020-01-01T00:00:00+07:00", "closesAt": "2027-12-31T00:00:00+07:00"}


async def evaluated(world: World) -> None:
    await _bank(world)
    await world.draft("asked", approvalRoute=[])
    await world.allocate("asked", PO_50=6)
    await world.publish("asked")
    for person in SIX:
        await world.nominate(OFFICE, person, "asked-run")
    run: dict[str, Any] = {"run": world.made["asked-run"]}
    for form in ALL:
        sent = ALWAYS | ({"formKey": "POINTS", "formVersion": 1} if form == "PRE" else {})
        await world.done("PUT", FORM, HR, json=sent, headers={"if-match": '"0"'}, form=form, **run)
    await _answered(world, run)
    await until(lambda: _told(world, run), 60, every=0.2, what="the answers are told")


async def _bank(world: World) -> None:
    """What can be asked in every way; only the last form is used."""
    points = {"key": "points", "kind": "NUMBER", "th": "คะแนน", "en": "Points", "least": 0, "most": 20}
    way = {"key": "way", "kind": "CHOICE", "th": "ทาง", "en": "Way"}
    choices = [{"key": key, "th": key, "en": key} for key in ("a", "b")]
    for question in (points, way | {"choices": choices}):
        await world.done("POST", f"{API}/questions", HR, json=question)
    form = {"key": "POINTS", "kind": "PRE", "th": "แบบ", "en": "Form", "measure": "knowledge"}
    asked = [{"question": key, "required": False} for key in ("points", "way")]
    await world.done("POST", f"{API}/forms", HR, json=form | {"questions": [{"question": "knowledge"}, *asked]})


async def _answered(world: World, run: dict[str, Any]) -> None:
    for person in SIX:
        own = {"of": world.person(person), **run}
        for form, said in (
            ("PRE", {"knowledge": 2, "way": "a"}),
            ("POST", {"knowledge": 4}),
            ("REACTION", {"overall": 5}),
        ):
            sent = {"json": {"answers": said}, "form": form}
            if person == "anan":
                path = f"{FORM}/draft"
                await world.done("PUT", path, world.learner(person), headers={"if-match": '"0"'}, **sent, **own)
            await world.done("POST", f"{FORM}/answers", world.learner(person), **sent, **own)
        about = {"answers": {"applied": 4}, "about": world.people[person]}
        if person != "fah":
            by = {"of": Owner(person=SUPERVISOR.person), "form": "TRANSFER", **run}
            await world.done("POST", f"{FORM}/answers", SUPERVISOR, json=about, **by)
    begun = {"answers": {"applied": 4}, "about": world.people["fah"]}
    by = {"of": Owner(person=SUPERVISOR.person), "form": "TRANSFER", **run}
    await world.done("PUT", f"{FORM}/draft", SUPERVISOR, json=begun, headers={"if-match": '"0"'}, **by)
    asked = {"params": {"about": world.people["fah"]}, **by}
    await world.done("GET", f"{FORM}/draft", SUPERVISOR, **asked)


async def _told(world: World, run: dict[str, Any]) -> bool:
    """Everything has been released, and is in the report."""
    results = {form: await world.done("GET", f"{FORM}/results", EXECUTIVE, of=NOBODY, form=form, **run) for form in ALL}
    read = await world.ask("GET", "/api/reporting/runs/{run}", EXECUTIVE, of=NOBODY, **run)
    report = read.json() if read.is_success else {}
    here = all(report.get(name) for name in ("evaluations", "preMean", "postMean", "assessments", "gain"))
    return here and all(one["released"] == one["answered"] for one in results.values())
