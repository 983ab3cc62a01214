"""The competencies and the methods that a plan names, as codes. Pure.

Core and managerial ones are those of the civil service commission; functional ones are what programmes of the ministry
are about. Levels go from 0 (not shown yet) to 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_LEVEL: Final = 5


class CompetencyKind(StrEnum):
    CORE = "CORE"
    MANAGERIAL = "MANAGERIAL"
    FUNCTIONAL = "FUNCTIONAL"


class Competency(StrEnum):
    ACHIEVEMENT = "ACHIEVEMENT"
    SERVICE = "SERVICE"
    EXPERTISE = "EXPERTISE"
    INTEGRITY = "INTEGRITY"
    TEAMWORK = "TEAMWORK"
    LEADERSHIP = "LEADERSHIP"
    VISION = "VISION"
    STRATEGY = "STRATEGY"
    CHANGE = "CHANGE"
    SELF_CONTROL = "SELF_CONTROL"
    COACHING = "COACHING"
    COMMUNICATION = "COMMUNICATION"
    INNOVATION = "INNOVATION"
    DIGITAL = "DIGITAL"
    HUMAN_RESOURCES = "HUMAN_RESOURCES"
    PLANNING = "PLANNING"
    LAW = "LAW"


@dataclass(frozen=True, slots=True)
class Named:
    """What a code stands for."""

    kind: CompetencyKind
    th: str
    en: str


_CORE, _MANAGERIAL, _FUNCTIONAL = CompetencyKind
COMPETENCIES: Final[Mapping[Competency, Named]] = {
    Competency.ACHIEVEMENT: Named(_CORE, "การมุ่งผลสัมฤทธิ์", "Achievement"),
    Competency.SERVICE: Named(_CORE, "บริการที่ดี", "Good service"),
    Competency.EXPERTISE: Named(_CORE, "การสั่งสมความเชี่ยวชาญในงานอาชีพ", "Building expertise"),
    Competency.INTEGRITY: Named(_CORE, "การยึดมั่นในความถูกต้องชอบธรรมและจริยธรรม", "Integrity and ethics"),
    Competency.TEAMWORK: Named(_CORE, "การทำงานเป็นทีม", "Teamwork"),
    Competency.LEADERSHIP: Named(_MANAGERIAL, "สภาวะผู้นำ", "Leadership"),
    Competency.VISION: Named(_MANAGERIAL, "วิสัยทัศน์", "Vision"),
    Competency.STRATEGY: Named(_MANAGERIAL, "การวางกลยุทธ์ภาครัฐ", "Strategy in government"),
    Competency.CHANGE: Named(_MANAGERIAL, "ศักยภาพเพื่อนำการปรับเปลี่ยน", "Leading change"),
    Competency.SELF_CONTROL: Named(_MANAGERIAL, "การควบคุมตนเอง", "Self-control"),
    Competency.COACHING: Named(_MANAGERIAL, "การสอนงานและการมอบหมายงาน", "Coaching and delegation"),
    Competency.COMMUNICATION: Named(_FUNCTIONAL, "การสื่อสารและการประสานงาน", "Communication"),
    Competency.INNOVATION: Named(_FUNCTIONAL, "การสร้างและใช้นวัตกรรมภาครัฐ", "Innovation in government"),
    Competency.DIGITAL: Named(_FUNCTIONAL, "ทักษะด้านดิจิทัล", "Digital skills"),
    Competency.HUMAN_RESOURCES: Named(_FUNCTIONAL, "การบริหารทรัพยากรบุคคล", "Human resources"),
    Competency.PLANNING: Named(_FUNCTIONAL, "การจัดทำแผนและงบประมาณ", "Planning and budgeting"),
    Competency.LAW: Named(_FUNCTIONAL, "กฎหมายและระเบียบราชการ", "Law and regulations"),
}


class Method(StrEnum):
    """How a competency is developed."""

    TRAINING = "TRAINING"
    ON_THE_JOB = "ON_THE_JOB"
    COACHING = "COACHING"
    MENTORING = "MENTORING"
    ASSIGNMENT = "ASSIGNMENT"
    STUDY_VISIT = "STUDY_VISIT"
    SELF_LEARNING = "SELF_LEARNING"


METHODS: Final[Mapping[Method, tuple[str, str]]] = {
    Method.TRAINING: ("การฝึกอบรม", "Training"),
    Method.ON_THE_JOB: ("การฝึกปฏิบัติในงาน", "On the job"),
    Method.COACHING: ("การสอนงาน", "Coaching"),
    Method.MENTORING: ("ระบบพี่เลี้ยง", "Mentoring"),
    Method.ASSIGNMENT: ("การมอบหมายงาน", "Assignment"),
    Method.STUDY_VISIT: ("การศึกษาดูงาน", "Study visit"),
    Method.SELF_LEARNING: ("การเรียนรู้ด้วยตนเอง", "Self-directed learning"),
}
