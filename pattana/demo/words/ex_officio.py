"""exOfficio: whoever is in a target group's post is nominated. Pure."""

from pattana.demo.scene import Request, Scene
from pattana.demo.steps import ExOfficio


def invite(step: ExOfficio, scene: Scene) -> list[Request]:
    """By the organiser, for all units; the service goes on from page to page."""
    body = {"target": step.target}
    return [Request("invite", "POST", scene.of_run("ex-officio"), scene.officer, body, rows=True)]
