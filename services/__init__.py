"""The services. This table is the one place that lists them: the embedded edition, `make lock`, the tests of compose,
gateway and routes, and the fault tests derive from it. A service is `services/<name>/` with `app.py:
create_app(settings)` and `settings.py: <Name>Settings`."""

from typing import Final

SERVICES: Final = ("enrolment", "notification", "reporting")
