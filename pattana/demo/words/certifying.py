"""certify: what is due by the programme's rule is issued. Pure."""

from pattana.demo.scene import Request, Scene
from pattana.demo.steps import Plain


def certify(step: Plain, scene: Scene) -> list[Request]:
    """And then the issue is looked at until it is done."""
    return [
        Request("issue", "POST", scene.of_run("certificates"), scene.officer, {}),
        Request("issued", "GET", scene.of_run("certificates/issue"), scene.officer),
    ]
