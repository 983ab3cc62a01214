"""The full grid of permission x role against a table written by hand, and what each role levels."""

import re

import pytest

from shared.rights import PERMISSIONS, SCOPE_LEVELS, Permission, Principal, Role, Scope

# One column per role: H R_OFFICER, E XECUTIVE, P ROVINCIAL_HR, S UPERVISOR, L EARNER, O CSC_OBSERVER, X OPERATOR,
# I NTEGRATION, D EVICE.
COLUMNS = {
    "H": Role.HR_OFFICER,
    "E": Role.EXECUTIVE,
    "P": Role.PROVINCIAL_HR,
    "S": Role.SUPERVISOR,
    "L": Role.LEARNER,
    "O": Role.OCSC_OBSERVER,
    "X": Role.OPERATOR,
    "I": Role.INTEGRATION,
    "D": Role.DEVICE,
}
GRID = {
    "programme.write": "H........",
    "programme.approve": ".E.......",
    "programme.publish": "H........",
    "programme.read": "HEPSLOXI.",
    "unit.read": "HEPSLOXI.",
    "unit.import": "H.....XI.",
    "person.read": "H.PSL....",
    "person.import": "H......I.",
    "person.erase": "H........",
    "person.export": "HEPSL....",
    "post.write": "H.P......",
    "nomination.write": "H.P......",
    "nomination.apply": "....L....",
    "nomination.withdraw": "H.P.L....",
    "nomination.answer": "H.P.L....",
    "nomination.approve": "H.PS.....",
    "nomination.stand-in": "H.PSL....",
    "nomination.read": "H.PSL....",
    "nomination.move": "H........",
    "nomination.late-entry": "H........",
    "form.write": "H........",
    "evaluation.answer": "HEPSL....",
    "evaluation.assess": "...S.....",
    "evaluation.read": "HE.......",
    "evaluation.marks": "H...L....",
    "attendance.read": "H.PSL....",
    "attendance.record": "H........",
    "attendance.manage": "H........",
    "group.read": "H.PSL....",
    "group.manage": "H........",
    "idea.read": "HE..L....",
    "idea.write": "H...L....",
    "idea.judge": "HE.......",
    "attendance.self": "HEPSL....",
    "certificate.issue": "H........",
    "certificate.read": "H.PSL....",
    "paper.issue": "H........",
    "paper.read": "H.P......",
    "letterhead.write": "H.P......",
    "followup.manage": "H........",
    "followup.complete": "H.P.L....",
    "followup.read": "H.PSL....",
    "plan.write": "....L....",
    "plan.agree": "...S.....",
    "plan.read": "H.PSL....",
    "report.read": "HEPS.O...",
    "report.names": "H.PS.....",
    "message.read": "H.P......",
    "inbox.read": "HEPSL....",
    "reminder.run": "H.....X..",
    "clock.set": "......X..",
    "system.operate": "......X..",
    "security.read": "......X..",
    "attendance.device": "........D",
}
PERSONAL = {
    "person.read",
    "nomination.read",
    "attendance.read",
    "followup.read",
    "plan.read",
    "report.names",
    "message.read",
    "inbox.read",
    "person.export",
}
CELLS = [(permission, role, letter in row) for permission, row in GRID.items() for letter, role in COLUMNS.items()]


def principal(*roles: Role, unit: str | None = "PO-50") -> Principal:
    return Principal("person-1", frozenset(roles), unit)


def test_the_grid_names_every_permission_and_role() -> None:
    assert set(GRID) == {permission.value for permission in Permission}
    assert set(COLUMNS.values()) == set(Role) == set(PERMISSIONS) == set(SCOPE_LEVELS)
    assert all(len(row) == len(COLUMNS) and set(row) <= {*COLUMNS, "."} for row in GRID.values())


@pytest.mark.parametrize(("permission", "role", "allowed"), CELLS)
def test_permission_x_role(permission: str, role: Role, allowed: bool) -> None:
    assert principal(role).can(Permission(permission)) is allowed
    assert (principal(role).scope(Permission(permission)) != Scope()) is allowed


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.OCSC_OBSERVER, Role.OPERATOR, Role.INTEGRATION, Role.DEVICE])
def test_roles_that_never_see_a_name(role: Role) -> None:
    granted = {permission.value for permission in PERMISSIONS[role]}

    assert granted & PERSONAL <= ({"inbox.read", "person.export"} if role is Role.EXECUTIVE else set())
    assert not any(principal(role).scope(permission).names for permission in Permission)


def test_several_roles_join() -> None:
    both = principal(Role.EXECUTIVE, Role.LEARNER)

    assert both.can(Permission.PROGRAMME_APPROVE)
    assert both.can(Permission.NOMINATION_APPLY)
    assert not both.can(Permission.NOMINATION_APPROVE)


def test_nobody_without_a_role_can_do_anything() -> None:
    assert not any(principal().can(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("roles", "permission", "scope"),
    [
        ([Role.HR_OFFICER], Permission.NOMINATION_WRITE, Scope(all=True, names=True)),
        ([Role.PROVINCIAL_HR], Permission.NOMINATION_WRITE, Scope(unit="PO-50", names=True)),
        ([Role.SUPERVISOR], Permission.NOMINATION_APPROVE, Scope(unit="PO-50", names=True)),
        ([Role.LEARNER], Permission.NOMINATION_APPLY, Scope(person="person-1", names=True)),
        ([Role.SUPERVISOR, Role.LEARNER], Permission.NOMINATION_READ, Scope(False, "PO-50", "person-1", True)),
        ([Role.OCSC_OBSERVER], Permission.REPORT_READ, Scope(all=True)),
        ([Role.EXECUTIVE], Permission.REPORT_READ, Scope(all=True)),
        ([Role.PROVINCIAL_HR], Permission.PROGRAMME_READ, Scope(all=True)),
        ([Role.LEARNER], Permission.NOMINATION_APPROVE, Scope()),
        ([], Permission.REPORT_READ, Scope()),
    ],
)
def test_scopes(roles: list[Role], permission: Permission, scope: Scope) -> None:
    assert principal(*roles).scope(permission) == scope


def test_an_observer_of_all_does_not_get_all_names_by_also_nominating_for_one_province() -> None:
    both = principal(Role.OCSC_OBSERVER, Role.PROVINCIAL_HR)

    assert both.scope(Permission.REPORT_READ) == Scope(all=True, names=False)
    assert both.scope(Permission.REPORT_NAMES) == Scope(unit="PO-50", names=True)


def test_a_bound_role_without_a_unit_reaches_nothing() -> None:
    scope = principal(Role.PROVINCIAL_HR, unit=None).scope(Permission.NOMINATION_WRITE)

    assert not scope.covers_unit("PO-50")
    assert not scope.covers_unit("None")
    assert not scope.covers_person("person-1")


@pytest.mark.parametrize(
    ("own", "unit", "covered"),
    [
        ("PO-50", "PO-50", True),
        ("PO-50", "PO-50.HR", True),
        ("PO-50", "PO-50.HR.A", True),
        ("PO-50", "PO-51", False),
        ("PO-50", "PO-500", False),
        ("PO-50.HR", "PO-50", False),
        ("PO-5", "PO-50", False),
        ("PERS", "PERS", True),
        ("PERS", "PERS.A", True),
        ("PERS", "OPS", False),
        ("PERS", "DRI", False),
        ("OPS", "OPS", True),
        ("OPS", "PERS", True),
        ("OPS", "DRI.A", True),
        ("OPS", "PO-50", False),
        ("OPS", "PO", False),
        ("OPS", "PORT", True),
        ("PO-50", "PO", False),
        ("PO.50", "PO-50", False),
    ],
)
def test_units_below(own: str, unit: str, covered: bool) -> None:
    scope = Scope(unit=own)

    assert scope.covers_unit(unit) is covered
    assert (re.search(scope.unit_pattern() or "never", unit) is not None) is covered


def test_scopes_of_everything_and_of_one_person() -> None:
    assert Scope(all=True).covers_unit("PO-50")
    assert Scope(all=True).covers_person("anybody")
    assert Scope(all=True).unit_pattern() is None
    assert Scope(person="person-1").covers_person("person-1")
    assert not Scope(person="person-1").covers_person("person-2")
    assert not Scope(person="person-1").covers_unit("PO-50")


def test_a_scope_as_a_condition_of_a_query() -> None:
    fields = {"unit": "place.unit", "person": "person"}
    of_unit = {"place.unit": {"$regex": r"^PO\-50(\.|$)"}}

    assert Scope(all=True).condition(**fields) == {}
    assert Scope(unit="PO-50").condition(**fields) == {"$or": [of_unit]}
    assert Scope(unit="PO-50", person="p").condition(**fields) == {"$or": [of_unit, {"person": "p"}]}


def test_an_empty_scope_cannot_be_overwritten_by_a_cursor() -> None:
    page = {**Scope().condition(unit="unit", person="_id"), "_id": {"$gt": "somebody"}}

    assert page["$or"] == [{"_id": {"$in": []}}]
