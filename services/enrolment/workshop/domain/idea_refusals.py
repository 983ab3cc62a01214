"""Refusals about ideas and the jury, each with a stable code, a status and its sentences.

Refused
├── of ideas: UnknownIdea  IdeaNotOfGroup  TooManyIdeas  IdeaState  IdeaWithoutIndicator  IdeaInScoring
├── of the jury: NoScoring  ScoringBegun  ScoringIsOpen  ScoringIsClosed  NotJudge  JudgeOfOwnIdea  NothingScored
│   ├── of the end: ScoresMissing
│   └── of a score: ScoreOutsideScale  ScoreOfOtherCriteria
└── of what became of it: AdoptedThere  NotAdoptedThere  UnknownIndicator  TooManyMeasurements
"""

from shared.errors import Refused


class UnknownIdea(
    Refused,
    code="unknown-idea",
    status=404,
    th="ไม่พบผลงานนี้ในการอบรมรุ่นนี้",
    en="This run has no such idea.",
):
    pass


class IdeaNotOfGroup(
    Refused,
    code="idea-not-of-group",
    status=403,
    th="ผู้ที่ไม่ได้อยู่ในกลุ่มแก้ไขหรือเสนอผลงานของกลุ่มไม่ได้",
    en="Only who is in the group can write its ideas.",
):
    pass


class TooManyIdeas(
    Refused,
    code="too-many-ideas",
    status=409,
    th="การอบรมรุ่นหนึ่งมีผลงานได้ไม่เกิน {most} ผลงาน",
    en="A run has at most {most} ideas.",
):
    """Details: most."""


class IdeaState(
    Refused,
    code="idea-state",
    status=409,
    th="ผลงานอยู่ในสถานะ {state} จึงทำรายการนี้ไม่ได้",
    en="The idea is {state}, so this cannot be done with it.",
):
    """Details: state."""


class IdeaWithoutIndicator(
    Refused,
    code="idea-without-indicator",
    status=409,
    th="ผลงานต้องมีตัวชี้วัดอย่างน้อยหนึ่งตัวจึงจะเสนอได้",
    en="An idea needs one indicator at least to be submitted.",
):
    pass


class IdeaInScoring(
    Refused,
    code="idea-in-scoring",
    status=409,
    th="คณะกรรมการเริ่มให้คะแนนแล้ว จึงเสนอ แก้ไข หรือถอนผลงานไม่ได้",
    en="The jury has begun, so ideas are neither submitted nor taken back.",
):
    pass


class NoScoring(
    Refused,
    code="no-scoring",
    status=409,
    th="การอบรมรุ่นนี้ยังไม่ได้ตั้งเกณฑ์การให้คะแนน",
    en="This run has no criteria for scoring yet.",
):
    pass


class ScoringBegun(
    Refused,
    code="scoring-begun",
    status=409,
    th="มีการให้คะแนนแล้ว จึงเปลี่ยนเกณฑ์หรือกรรมการไม่ได้",
    en="There are scores already, so criteria and judges stay.",
):
    pass


class ScoringIsOpen(
    Refused,
    code="scoring-open",
    status=409,
    th="การให้คะแนนยังไม่ปิด จึงยังดูลำดับหรือมอบรางวัลไม่ได้ และกรรมการยังดูคะแนนของกรรมการท่านอื่นไม่ได้",
    en="Scoring is not closed yet, so there is no ranking and no award, and no judge sees what the others gave.",
):
    pass


class ScoringIsClosed(
    Refused,
    code="scoring-closed",
    status=409,
    th="การให้คะแนนปิดแล้ว",
    en="Scoring is closed.",
):
    pass


class NotJudge(
    Refused,
    code="not-judge",
    status=403,
    th="ท่านหรือผู้ที่ระบุไม่ได้เป็นกรรมการของการอบรมรุ่นนี้",
    en="This is no judge of this run.",
):
    pass


class JudgeOfOwnIdea(
    Refused,
    code="judge-of-own-idea",
    status=403,
    th="กรรมการให้คะแนนผลงานของกลุ่มที่ตนเป็นสมาชิกไม่ได้",
    en="Nobody scores an idea of the own group.",
):
    pass


class NothingScored(
    Refused,
    code="nothing-scored",
    status=409,
    th="ยังไม่มีผลงานใดได้รับคะแนน จึงปิดการให้คะแนนไม่ได้",
    en="No idea has a score yet, so scoring cannot be closed.",
):
    pass


class ScoresMissing(
    Refused,
    code="scores-missing",
    status=409,
    th="ยังขาดคะแนนของกรรมการอีก {scores:,} รายการ ใน {ideas:,} ผลงาน คะแนนเฉลี่ยของแต่ละผลงานจึงยังเทียบกันไม่ได้ "
    "หากต้องการปิดการให้คะแนนเท่าที่มี โปรดระบุ incomplete",
    en="{scores:,} scores of judges are missing, on {ideas:,} ideas, so their means cannot be compared yet. "
    "To close with those that there are, say incomplete.",
):
    """Details: scores, ideas."""


class ScoreOutsideScale(
    Refused,
    code="score-outside-scale",
    status=422,
    th="คะแนนของเกณฑ์ {criterion} ต้องอยู่ระหว่าง 0 ถึง {most}",
    en="The points for {criterion} are between 0 and {most}.",
):
    """Details: criterion, most."""


class ScoreOfOtherCriteria(
    Refused,
    code="score-of-other-criteria",
    status=422,
    th="ต้องให้คะแนนครบทุกเกณฑ์ที่กำหนด และไม่มีเกณฑ์อื่น",
    en="A score has points for each criterion of the run, and for no other.",
):
    pass


class AdoptedThere(
    Refused,
    code="adopted-there",
    status=409,
    th="บันทึกแล้วว่าหน่วยงาน {unit} นำผลงานนี้ไปใช้",
    en="It is recorded already that {unit} has adopted this idea.",
):
    """Details: unit."""


class NotAdoptedThere(
    Refused,
    code="not-adopted-there",
    status=409,
    th="หน่วยงาน {unit} ยังไม่ได้นำผลงานนี้ไปใช้ หรือวันที่วัดอยู่ก่อนวันที่เริ่มใช้",
    en="{unit} has not adopted this idea, or not by that day.",
):
    """Details: unit."""


class UnknownIndicator(
    Refused,
    code="unknown-indicator",
    status=404,
    th="ผลงานนี้ไม่มีตัวชี้วัดลำดับที่ {indicator}",
    en="This idea has no indicator {indicator}.",
):
    """Details: indicator."""


class TooManyMeasurements(
    Refused,
    code="too-many-measurements",
    status=409,
    th="ผลงานหนึ่งบันทึกการนำไปใช้และผลการวัดได้ไม่เกิน {most} รายการ",
    en="An idea has at most {most} adoptions and measurements.",
):
    """Details: most."""
