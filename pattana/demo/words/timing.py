"""remind and wait: what the calendar does. The clock itself is set by `at`. Pure."""

from pattana.client import Caller
from pattana.demo.scene import NOTIFICATION, Request, Scene
from pattana.demo.steps import Step
from shared.rights import Role

OPERATOR = Caller(Role.OPERATOR)


def remind(step: Step, scene: Scene) -> list[Request]:
    """The job for this run, once it knows what the play has done."""
    path = f"{NOTIFICATION}/reminders"
    return [Request("remind", "POST", path, OPERATOR, {"run": scene.run}, after=NOTIFICATION)]


def wait(step: Step, scene: Scene) -> list[Request]:
    """Nothing is asked: time goes on."""
    return []
