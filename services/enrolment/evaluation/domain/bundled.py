"""The forms that are there before anybody has written one: first versions, each under the name of its kind. Pure."""

from collections.abc import Mapping
from typing import Final

from services.enrolment.evaluation.domain.forms import Asked, Form
from services.enrolment.evaluation.domain.questions import Question, QuestionKind
from shared.events.evaluation import FormKind


def _level(key: str, th: str, en: str) -> Question:
    return Question(key, 1, QuestionKind.LEVEL, th, en)


_CONTENT: Final = _level("content", "เนื้อหาตรงกับความต้องการในการปฏิบัติงาน", "The content fits what my work needs.")
_SPEAKERS: Final = _level("speakers", "ความรู้และความสามารถในการถ่ายทอดของวิทยากร", "How well the speakers know and teach.")
_VENUE: Final = _level("venue", "ความเหมาะสมของสถานที่และระยะเวลา", "How suitable place and time were.")
_OVERALL: Final = _level("overall", "ความพึงพอใจโดยรวมต่อการฝึกอบรม", "How satisfied I am on the whole.")
_USE: Final = _level("use", "สามารถนำความรู้ไปใช้ในการปฏิบัติงานได้", "I can use it in my work.")
_KNOWLEDGE: Final = _level("knowledge", "ระดับความรู้ความเข้าใจในเนื้อหาหลักสูตร", "How well I know the content of the course.")
_APPLIED: Final = _level("applied", "ผู้ผ่านการฝึกอบรมนำความรู้มาใช้ในการปฏิบัติงาน", "What was learnt is used at work.")
_IMPROVED: Final = _level(
    "improved", "ผลการปฏิบัติงานของผู้ผ่านการฝึกอบรมดีขึ้น", "The work has become better since the training."
)
_REMARKS: Final = Question("remarks", 1, QuestionKind.TEXT, "ข้อเสนอแนะเพิ่มเติม", "What else you would like to say.")
QUESTIONS: Final = (*(_CONTENT, _SPEAKERS, _VENUE, _OVERALL, _USE, _KNOWLEDGE, _APPLIED, _IMPROVED, _REMARKS),)
_SAID: Final = Asked(_REMARKS, required=False)

FORMS: Final[Mapping[FormKind, Form]] = {
    FormKind.PRE: Form(
        "PRE",
        1,
        FormKind.PRE,
        "แบบประเมินความรู้ก่อนการฝึกอบรม",
        (Asked(_KNOWLEDGE),),
        "knowledge",
        "What you know before the training",
    ),
    FormKind.POST: Form(
        "POST",
        1,
        FormKind.POST,
        "แบบประเมินความรู้หลังการฝึกอบรม",
        (Asked(_KNOWLEDGE),),
        "knowledge",
        "What you know after the training",
    ),
    FormKind.REACTION: Form(
        "REACTION",
        1,
        FormKind.REACTION,
        "แบบประเมินความพึงพอใจต่อการฝึกอบรม",
        (
            Asked(_OVERALL),
            *(Asked(question, required=False) for question in (_CONTENT, _SPEAKERS, _VENUE, _USE)),
            _SAID,
        ),
        "overall",
        "How was the training?",
    ),
    FormKind.TRANSFER: Form(
        "TRANSFER",
        1,
        FormKind.TRANSFER,
        "แบบติดตามผลการนำความรู้ไปใช้ โดยผู้บังคับบัญชา",
        (Asked(_APPLIED), Asked(_IMPROVED, required=False), _SAID),
        "applied",
        "What the training has led to, as the superior sees it",
    ),
}
