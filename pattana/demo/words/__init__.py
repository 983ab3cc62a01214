"""What each word of a step does: the table. Each is planned by one pure function, from the step and the scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pattana.demo.people import Person
from pattana.demo.scene import Request, Scene
from pattana.demo.words.allocating import allocate, proposal
from pattana.demo.words.answering import answer, attendance
from pattana.demo.words.attending import check_in, sessions
from pattana.demo.words.certifying import certify
from pattana.demo.words.deciding import approve, reject
from pattana.demo.words.ex_officio import invite
from pattana.demo.words.following_up import assign, close, complete, tasks
from pattana.demo.words.leaving import stand_ins, substitute, withdraw
from pattana.demo.words.nominating import applicants, apply, nominate, nominees
from pattana.demo.words.opening import open_run
from pattana.demo.words.posts import incumbents, posts, recorded
from pattana.demo.words.timing import remind, wait
from pattana.demo.words.working import award, groups, groups_there, idea, ideas_there


@dataclass(frozen=True, slots=True)
class Word:
    """`cast` makes up the people of the step, `ask` is a question whose answer the plan needs. `looks`: it needs the
    nominations of the run. `chain`: each request is built on the one before, so the first refusal ends it."""

    plan: Callable[[Any, Scene], list[Request]]
    cast: Callable[[Any, Scene], list[Person]] | None = None
    ask: Callable[[Any, Scene], Request] | None = None
    looks: bool = False
    chain: bool = False


WORDS: Final[Mapping[str, Word]] = {
    "posts": Word(posts, cast=incumbents, ask=recorded),
    "allocate": Word(allocate, ask=proposal, chain=True),
    "open": Word(open_run, chain=True),
    "nominate": Word(nominate, cast=nominees),
    "apply": Word(apply, cast=applicants),
    "exOfficio": Word(invite),
    "approve": Word(approve, looks=True),
    "reject": Word(reject, looks=True),
    "withdraw": Word(withdraw, looks=True),
    "substitute": Word(substitute, cast=stand_ins, looks=True),
    "remind": Word(remind),
    "wait": Word(wait),
    "answer": Word(answer, ask=attendance, looks=True),
    "checkIn": Word(check_in, ask=sessions, looks=True),
    "groups": Word(groups),
    "idea": Word(idea, ask=groups_there),
    "award": Word(award, ask=ideas_there),
    "certify": Word(certify, chain=True),
    "assign": Word(assign, chain=True),
    "complete": Word(complete, ask=tasks),
    "close": Word(close, chain=True),
}
