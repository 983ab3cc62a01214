"""The variables of the reporting service beside those of every service."""

from shared.settings import GenerationSettings


class ReportingSettings(GenerationSettings):
    """Those of its generations."""
