"""The variables of the reporting service beside those of every service."""

from pydantic import Field

from shared.settings import Settings


class ReportingSettings(Settings):
    rebuild_batch: int = Field(
        1000, ge=1, description="Reporting: most records that a rebuild applies in one transaction."
    )
    generation_grace_seconds: float = Field(
        15.0, ge=0, description="Reporting: time that a replaced generation is kept for answers under way."
    )
    generation_poll_seconds: float = Field(
        0.5, gt=0, description="Reporting: seconds between two looks at lag and at the state of a rebuild."
    )
