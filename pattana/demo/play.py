"""The order of a play: step after step, each once, whatever ends it in between. Numbers come only from answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pattana.client import Rejected
from pattana.demo.api import Api, Done, PersonRefused
from pattana.demo.creating import created
from pattana.demo.cut import Cut
from pattana.demo.diary import Diary
from pattana.demo.lines import Line, lines, unchanged
from pattana.demo.moments import day_of, moment_of
from pattana.demo.numbers import Source, flat, number_of
from pattana.demo.scene import Places, Request, Scene, Unplannable
from pattana.demo.script import Script
from pattana.demo.steps import Step
from pattana.demo.words import WORDS
from pattana.errors import Explained

Advance = Callable[[int], None]
Progress = Callable[[str, int | None], Advance]
AT_THE_END = "the end"


class StepRefused(Explained):
    """A step that the file does not expect to be refused."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came out, and the fields of the programme that the service did not take."""

    lines: Sequence[Line]
    fields: Sequence[str]


class Play:
    """One file on one edition. `lenient`: what the service does not take of the programme may be left out."""

    def __init__(self, script: Script, cut: Cut, api: Api, diary: Diary, progress: Progress, *, lenient: bool) -> None:
        self._script = script
        self._cut = cut
        self._api = api
        self._diary = diary
        self._progress = progress
        self._lenient = lenient
        self._moment: datetime | None = None
        self._clock_stands = False
        self._applied = self._vacant = 0

    def perform(self) -> Played:
        made = self._once("programme", lambda: created(self._script, self._api, self._diary, lenient=self._lenient))
        places = self._once("places", lambda: self._places())
        scene = Scene(self._script, Places(*map(tuple, places)), made["code"], made["programme"], made["run"])
        compared = [line for step in self._cut.steps for line in self._step(step, scene)]
        end, expected = f"end-{len(self._cut.steps)}", self._cut.expected
        compared += lines(expected, self._once(end, lambda: self._read(expected, scene)), AT_THE_END)
        self._diary.end()
        return Played(compared, made["leftOut"])

    def _places(self) -> list[tuple[str, ...]]:
        places = self._api.places(self._script.first_day)
        return [places.offices, places.central]

    def _step(self, step: Step, scene: Scene) -> list[Line]:
        self._enter(step, scene)
        plan = self._once(f"{step.number}-plan", lambda: self._plan(step, scene))
        compared = self._carry_out(step, plan, scene)
        numbers = self._once(f"{step.number}-numbers", lambda: self._read(step.expect, scene))
        compared += lines(step.expect, numbers, str(step))
        self._once(f"{step.number}", lambda: True)
        return compared

    def _enter(self, step: Step, scene: Scene) -> None:
        """Sets the clock. Not recorded: a play that goes on sets the time of its step again."""
        if step.at is not None:
            self._moment = moment_of(step.at, self._script.first_day)
            self._clock_stands = False
        if self._moment is not None and not self._clock_stands and not self._diary.has(f"{step.number}"):
            self._api.set_clock(scene.run, self._moment)
            self._clock_stands = True

    def _plan(self, step: Step, scene: Scene) -> dict[str, Any]:
        """The requests of the step, with the people in them; or the refusal of what was to be asked first."""
        try:
            return {"requests": [request.written() for request in self._planned(step, scene)], "refused": []}
        except (Unplannable, PersonRefused) as error:
            raise StepRefused(f"{self._script.id}: {step}: {error}") from None
        except Rejected as error:
            if step.refused is None:
                raise self._unexpected(step, error.code, error.detail) from None
            return {"requests": [], "refused": [(error.code, error.detail)]}

    def _planned(self, step: Step, scene: Scene) -> list[Request]:
        word, api = WORDS[step.do], self._api
        seen = scene.with_(nominations=api.nominations(scene.run)) if word.looks else scene
        people = word.cast(step, seen) if word.cast is not None else []
        seen = seen.with_(people=list(zip(people, api.import_people(people), strict=True)))
        seen = seen.with_(answer=api.ask(word.ask(step, seen))) if word.ask is not None else seen
        return word.plan(step, seen)

    def _carry_out(self, step: Step, plan: Mapping[str, Any], scene: Scene) -> list[Line]:
        """Also once more, where the step says so."""
        requests = [Request.of(written) for written in plan["requests"]]
        refused = [Done(0, [(code, sentence) for code, sentence in plan["refused"]])] if plan["refused"] else []
        compared = self._verdict(step, [*refused, *self._requests(step, requests, "")])
        if step.twice:
            before = self._once(f"{step.number}-before", lambda: self._all(scene))
            self._requests(step, requests, "again-")
            after = self._once(f"{step.number}-after", lambda: self._all(scene))
            compared.append(unchanged(before, after, str(step)))
        return compared

    def _unexpected(self, step: Step, code: str, sentence: str) -> StepRefused:
        return StepRefused(f"{self._script.id}: {step} was refused with {code}: {sentence}")

    def _requests(self, step: Step, requests: Sequence[Request], again: str) -> list[Done]:
        """One after the other; what is built on a refused one is not tried."""
        advance = self._progress(f"{step.number} {step.do}", len(requests))
        outcomes: list[Done] = []
        for request in requests:
            outcomes.append(self._request(step, request, again))
            advance(1)
            if outcomes[-1].refusals and WORDS[step.do].chain:
                break
        if step.do == "apply" and not again:
            self._applied += sum(outcome.accepted for outcome in outcomes)
        if step.do == "exOfficio":
            self._vacant = sum(outcome.vacant for outcome in outcomes)
        return outcomes

    def _request(self, step: Step, request: Request, again: str) -> Done:
        """Raises StepRefused for what the file does not expect. That is no outcome: a play that goes on tries again."""
        name = f"{step.number}-{again}{request.name}"

        def perform() -> dict[str, Any]:
            done = self._api.perform(request, self._diary.key(name))
            if done.refusals and not again and step.refused is None:
                raise self._unexpected(step, *done.refusals[0])
            return {"accepted": done.accepted, "refusals": done.refusals, "vacant": done.vacant}

        written = self._once(name, perform)
        refusals = [(code, sentence) for code, sentence in written["refusals"]]
        return Done(written["accepted"], refusals, written["vacant"])

    def _verdict(self, step: Step, outcomes: Sequence[Done]) -> list[Line]:
        """Of a step that must be refused: with which codes it was, and what of it was not."""
        if step.refused is None:
            return []
        codes = dict.fromkeys(code for outcome in outcomes for code, _ in outcome.refusals)
        accepted = 0 if WORDS[step.do].chain and codes else sum(outcome.accepted for outcome in outcomes)
        told = [*codes, *([f"{accepted} accepted"] if accepted or not codes else [])]
        return [Line("refused", step.refused, ", ".join(told), str(step))]

    def _read(self, names: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
        numbers = {name: number_of(name, list(self._script.targets)) for name in names}
        sources = dict.fromkeys(source for number in numbers.values() for source in number.sources)
        answers = {source: self._ask(source, scene) for source in sources}
        return {name: number.find(answers) for name, number in numbers.items()}

    def _all(self, scene: Scene) -> dict[str, Any]:
        return flat({source: self._ask(source, scene) for source in (Source.REPORT, Source.MESSAGES, Source.WAVES)})

    def _ask(self, source: Source, scene: Scene) -> Any:
        if source is Source.DAYS_LEFT:
            return (self._script.first_day - day_of(self._moment)).days if self._moment is not None else 0
        if source is Source.APPLIED:
            return self._applied
        if source is Source.VACANT:
            return self._vacant
        asked: Mapping[Source, Callable[[str], Any]] = {
            Source.REPORT: self._api.report,
            Source.MESSAGES: self._api.messages,
            Source.WAVES: self._api.waves,
            Source.BUCKETS: self._api.buckets,
            Source.RUN: self._api.described,
            Source.NOMINATIONS: self._api.nominations,
        }
        return asked[source](scene.run)

    def _once(self, step: str, do: Callable[[], Any]) -> Any:
        """Also stores what is still to be waited for, so that a resumed play waits as well."""
        entry = self._diary.once(step, lambda: {"outcome": do(), "unseen": self._api.unseen})
        self._api.unseen = {service: list(positions) for service, positions in entry["unseen"].items()}
        return entry["outcome"]
