"""The roots of every failure that pattana means. Knows no HTTP, no driver and no broker.

Exception
├── Refused       understood and answered with no; changes nothing; has a stable code
│   ├── NotFound
│   ├── Forbidden
│   └── UnitOutOfScope
└── Unavailable   database, broker or keys do not answer now; the same call may succeed later
"""

from typing import Any, ClassVar, Final

_GUARDED: Final = frozenset({401, 403, 404})


class Refused(Exception):
    """Understood and answered with no. Each reason is a subclass that says everything of it in one place:

        class UnknownRun(Refused, code="unknown-run", status=404, th="…", en="…"): ...

    `code` is stable; `status` is what HTTP answers; `th` and `en` are what people read, `details` fill their `{names}`:
    what is wrong and what can be done, never what was sent. Details go out to the caller as they are: JSON values,
    never personal data. `retry_after_seconds` is for those of status 503: when the same request may succeed. What
    `guards` is about who asks for what and goes into the security log: 401, 403, 404, and others that say so.
    """

    retry_after_seconds: ClassVar[int] = 1
    code: ClassVar[str]
    status: ClassVar[int]
    th: ClassVar[str]
    en: ClassVar[str]
    guards: ClassVar[bool]

    def __init_subclass__(cls, *, code: str, status: int, th: str, en: str, guards: bool = False) -> None:
        cls.code, cls.status, cls.th, cls.en = code, status, th, en
        cls.guards = guards or status in _GUARDED

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.details.items())])


class Unavailable(Exception):
    """Answered as 503 with Retry-After. The message is for operators, it is not shown to the caller."""

    retry_after_seconds: ClassVar[int] = 1


class NotFound(
    Refused,
    code="not-found",
    status=404,
    th="ไม่พบข้อมูลที่ท่านต้องการ หรือข้อมูลนั้นอยู่นอกเหนือสิทธิ์การเข้าถึงของท่าน",
    en="This was not found, or you may not see it.",
):
    """Also for what exists outside the caller's scope: reading must not tell that it is there."""


class Forbidden(
    Refused,
    code="forbidden",
    status=403,
    th="ท่านไม่มีสิทธิ์ดำเนินการในเรื่องนี้ หากจำเป็นต้องใช้งานกรุณาติดต่อผู้ดูแลระบบของหน่วยงาน",
    en="You are not allowed to do this. If your work requires it, please ask the administrator of your office.",
):
    """The role has no such permission."""


class UnitOutOfScope(
    Refused,
    code="unit-out-of-scope",
    status=403,
    th="หน่วยงาน {unit} อยู่นอกเหนือความรับผิดชอบของท่าน ระบบจึงไม่ดำเนินการให้",
    en="The unit {unit} is outside your responsibility, so nothing was done.",
):
    """A command names a unit that the caller may not act for. Details: unit."""
