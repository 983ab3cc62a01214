"""The services' HTTP API as the command line uses it: tokens, patience with restarts, problems as sentences.

Every request may be repeated: commands carry an Idempotency-Key, so a repetition changes nothing.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from pattana.audit.journal import POSITION_HEADER, Journal
from pattana.errors import Explained
from shared.rights import Role
from shared.signing import SigningKey, issue_token, load_key

TOKEN_TTL = timedelta(hours=1)
AGAIN_SECONDS = 0.25
UPLOAD_SECONDS = 300  # the gateway waits as long for a line or an answer
UPLOAD_AGAIN_SECONDS = 2.0
LINES = "application/x-ndjson"
MOST_POSITIONS = 20
_LATER = frozenset({502, 503, 504})
Fields = Sequence[tuple[str, str]]


class Unreachable(Explained):
    """Nobody answers there, or not in time."""


class BrokenOff(Explained):
    """The connection ended within an answer. What had come of it holds."""


class Patience:
    """For how long a request is repeated, and how often."""

    def __init__(self, seconds: float, again: float) -> None:
        self._ends = monotonic() + seconds
        self._again = again

    def wait(self, unanswered: str, trouble: str) -> None:
        """Until it is time for the next attempt. Raises Unreachable when there is none."""
        if monotonic() >= self._ends:
            raise Unreachable(f"{unanswered}: {trouble}")
        sleep(self._again)


class NoKey(Explained):
    """There is no key to sign tokens with."""


class Rejected(Explained):
    """The service understood and said no; `code` is its stable code, `fields` are what is wrong in a body, and why."""

    def __init__(self, request: str, status: int, code: str, detail: str, fields: Fields = ()) -> None:
        super().__init__(f"{request} was answered with {status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Caller:
    """In whose name a request is made; without `person` it is the office that acts."""

    role: Role
    unit: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered with 2xx. `position` is to be given back as `after`."""

    status: int
    body: Any
    position: str | None = None


@dataclass(slots=True)
class Tokens:
    """Tokens made from a signing key on disk, each used until half of its life is over."""

    key: SigningKey
    _made: dict[Caller, tuple[str, float]] = field(default_factory=dict)

    @classmethod
    def of_folder(cls, path: Path) -> "Tokens":
        """`path`: the key's folder, or a file in it. Raises NoKey."""
        folder = path if path.is_dir() else path.parent
        try:
            return cls(load_key(folder))
        except (FileNotFoundError, NotADirectoryError):
            raise NoKey(f"there is no signing key in {folder}") from None

    def of(self, caller: Caller) -> str:
        token, until = self._made.get(caller, ("", 0.0))
        if monotonic() >= until:
            token = issue_token(self.key, [caller.role], caller.unit, caller.person, ttl=TOKEN_TTL)
            self._made[caller] = token, monotonic() + TOKEN_TTL.total_seconds() / 2
        return token


class Client:
    """One edition. `patience`: for how long a request is repeated while nobody answers, or nobody can."""

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        *,
        journal: Journal | None = None,
        patience: float = 60,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self._tokens = tokens
        self.journal = journal
        self._patience = patience
        self._http = httpx.Client(
            base_url=url, timeout=60, headers={"accept-language": language()}, transport=transport
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, caller: Caller, params: Mapping[str, Any] | None = None, after: Sequence[str] = ()) -> Any:
        """The answer's body (of a document its bytes), once all positions of `after` are visible there."""
        chosen = {name: value for name, value in (params or {}).items() if value is not None}
        *earlier, last = list(chunks(after, MOST_POSITIONS)) or [()]
        for part in earlier:
            self._send("GET", path, caller, params=chosen | {"after": list(part)})
        return self._send("GET", path, caller, params=chosen | ({"after": list(last)} if last else {})).body

    def pages(self, path: str, caller: Caller, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, caller, {**(params or {}), "limit": 200, "cursor": cursor})
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def send(
        self,
        method: str,
        path: str,
        caller: Caller,
        body: Any = None,
        key: str | None = None,
        *,
        version: int | None = None,
    ) -> Answer:
        """A command. `version` is what it replaces. Raises Rejected."""
        headers = {"idempotency-key": key} if key is not None else {}
        headers |= {"if-match": f'"{version}"'} if version is not None else {}
        return self._send(method, path, caller, headers=headers, json=body)

    def upload(self, path: str, caller: Caller, content: bytes, params: Mapping[str, Any] | None = None) -> Answer:
        """A file as the body."""
        headers = {"content-type": "application/octet-stream"}
        asked = {"content": content, "params": dict(params or {}), "timeout": UPLOAD_SECONDS}
        return self._send("POST", path, caller, headers, UPLOAD_AGAIN_SECONDS, **asked)

    def lines(self, path: str, caller: Caller, file: Path, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """What is told line by line about a file, which goes out as it is, piece by piece. It is repeated until the
        first line; after that a connection that ends raises BrokenOff."""
        patience = Patience(self._patience, UPLOAD_AGAIN_SECONDS)
        while True:
            try:
                with self._uploading(path, caller, file, dict(params or {})) as response:
                    if response.status_code not in _LATER:
                        yield from self._told(response)
                        return
                    response.read()
                    trouble = f"{response.status_code} {code_of(response)}"
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__}: {error}"
            patience.wait(f"{self.url} does not answer POST {path}", trouble)

    @contextmanager
    def _uploading(self, path: str, caller: Caller, file: Path, params: Mapping[str, Any]) -> Iterator[httpx.Response]:
        headers = {
            "authorization": f"Bearer {self._tokens.of(caller)}",
            "accept": LINES,
            "content-type": "application/octet-stream",
            "content-length": str(file.stat().st_size),
        }
        timeout = httpx.Timeout(60, read=UPLOAD_SECONDS)
        with (
            file.open("rb") as content,
            self._http.stream("POST", path, params=params, content=content, headers=headers, timeout=timeout) as answer,
        ):
            yield answer

    def _told(self, response: httpx.Response) -> Iterator[Any]:
        if response.is_error:
            response.read()
            self._answer(response, None)
        rest = b""
        try:
            for piece in response.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n")  # other signs that end a line may stand within
                yield from map(json.loads, whole)
        except httpx.TransportError as error:
            raise BrokenOff(f"the connection to {self.url} was lost ({type(error).__name__})") from error

    def _send(
        self,
        method: str,
        path: str,
        caller: Caller,
        headers: Mapping[str, str] = {},
        again: float = AGAIN_SECONDS,
        **rest: Any,
    ) -> Answer:
        patience = Patience(self._patience, again)
        while True:
            signed = {**headers, "authorization": f"Bearer {self._tokens.of(caller)}"}
            trouble: str
            try:
                response = self._http.request(method, path, headers=signed, **rest)
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__}: {error}"
            else:
                if response.status_code not in _LATER:
                    return self._answer(response, headers.get("idempotency-key"))
                trouble = f"{response.status_code} {code_of(response)}"
            patience.wait(f"{self.url} does not answer {method} {path}", trouble)

    def _answer(self, response: httpx.Response, key: str | None) -> Answer:
        request = response.request
        if response.is_error:
            problem = problem_of(response)
            detail = problem.get("detail", response.text[:300])
            what = f"{request.method} {request.url.path}"
            fields = [(str(error.get("field")), str(error.get("reason"))) for error in problem.get("errors", ())]
            raise Rejected(what, response.status_code, code_of(response), detail, fields)
        is_json = "json" in response.headers.get("content-type", "json")
        body = None if not response.content else response.json() if is_json else response.content
        if self.journal is not None and request.method != "GET":
            self._note(self.journal, response, body, key)
        return Answer(response.status_code, body, response.headers.get(POSITION_HEADER))

    @staticmethod
    def _note(journal: Journal, response: httpx.Response, body: Any, key: str | None) -> None:
        """Each row of a list is a command and keeps its own answer: when some were busy, the repeated request carries
        them out, so the answer as a whole is another one."""
        method, path = response.request.method, response.request.url.path
        content = body if isinstance(body, dict) else {}
        if "results" not in content:
            position = response.headers.get(POSITION_HEADER)
            journal.write(method, path, response.status_code, position, key, content.get("id"))
            return
        for place, row in enumerate(content["results"]):
            made = row.get("nomination", {}).get("id")
            if made or row["status"] >= 300:  # of the others nothing was to be done
                journal.write(method, path, row["status"], row.get("position"), key and f"{key}#{place}", made)


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem of an answer; empty when it is none."""
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        read = response.json()
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def code_of(response: httpx.Response) -> str:
    return str(problem_of(response).get("code", "no-code"))


def language() -> str:
    """Thai for those whose terminal speaks it."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "th" if spoken.startswith("th") else "en"


def chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
