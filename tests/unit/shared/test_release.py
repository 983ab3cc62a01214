"""The version of the code: the same for the same sources, another one for another service."""

from shared.release import code_version


def test_versions() -> None:
    assert code_version("reporting") == code_version("reporting")
    assert code_version("reporting") != code_version("notification")
    assert len(code_version("reporting")) == 16
