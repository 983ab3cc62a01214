"""The broker's jars: pinned with their SHA-256 in kafka.jars, brought by jgo, kept in the user's cache. Runs nothing.

`python -m pattana.embedded.jars` resolves the coordinates anew and writes kafka.jars.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pattana.errors import Explained

if TYPE_CHECKING:
    from jgo.maven import MavenContext

KAFKA_VERSION = "4.3.1"
# The second one is the logging backend, which the first leaves to whoever runs it.
ROOTS = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")
LIST = Path(__file__).with_name("kafka.jars")
_AT_ONCE = 8


class WrongJar(Explained):
    """A jar is not the one that was pinned."""


class JarsUnreachable(Explained):
    """The jars could not be fetched."""


@dataclass(frozen=True, slots=True)
class Jar:
    coordinate: str
    sha256: str

    @property
    def filename(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def pinned(path: Path = LIST) -> list[Jar]:
    lines = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(coordinate, sha256) for sha256, coordinate in lines]


def cache_folder() -> Path:
    """PATTANA_CACHE, else pattana/ in the user's cache folder."""
    named = os.environ.get("PATTANA_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(base) / "pattana"


def bring(
    jars: list[Jar], folder: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> list[Path]:
    """Paths of all jars, fetched where missing and each checked, also those that were there. Raises WrongJar.

    `progress(done, of)` is called for each jar that had to be fetched.
    """
    folder = folder or cache_folder() / f"kafka-{KAFKA_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not (folder / jar.filename).exists()]
    for done, _ in enumerate(_fetch_all(missing, folder), start=1):
        if progress:
            progress(done, len(missing))
    for jar in jars:
        check(jar, folder / jar.filename)
    return [folder / jar.filename for jar in jars]


def check(jar: Jar, path: Path) -> None:
    actual = _sha256(path)
    if actual != jar.sha256:
        raise WrongJar(
            f"{path} is not the pinned {jar.coordinate}: its SHA-256 is {actual}, expected {jar.sha256}. "
            "Nothing was started. Delete that file and start again; if it comes back, do not trust its source"
        )


def _fetch_all(jars: list[Jar], folder: Path) -> Iterator[Path]:
    if not jars:
        return
    with tempfile.TemporaryDirectory(dir=folder) as half, ThreadPoolExecutor(_AT_ONCE) as pool:
        context = _context(Path(half))
        yield from pool.map(lambda jar: _fetch(jar, context, folder), jars)


def _fetch(jar: Jar, context: "MavenContext", folder: Path) -> Path:
    """Only a whole and checked jar gets its name in the cache."""
    group, artifact, version = jar.coordinate.split(":")
    try:
        half = context.project(group, artifact).at_version(version).artifact().resolve()
    except Exception as error:
        raise JarsUnreachable(
            f"cannot fetch {jar.coordinate}: {error}. The first start needs the Maven repository "
            "(or a mirror of it, named in jgo's settings file)"
        ) from error
    check(jar, half)
    return Path(shutil.move(half, folder / jar.filename))


def _context(repository: Path) -> "MavenContext":
    """jgo is only there where the embedded edition is, so it is asked for when something is fetched."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    mirrors = GlobalSettings.load().repositories
    return MavenContext(repo_cache=repository, remote_repos={"central": MAVEN_CENTRAL_URL} | mirrors, timeout=60)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    import jgo

    with tempfile.TemporaryDirectory() as repository:
        os.environ["M2_REPO"] = repository
        # One by one, the broker first: together, one root's parent would choose versions for the other.
        found = [artifact for root in ROOTS for artifact in jgo.resolve(root) if artifact.packaging == "jar"]
        jars = {f"{a.groupId}:{a.artifactId}": a for a in reversed(found)}
        lines = [f"{_sha256(a.resolve())}  {name}:{a.version}" for name, a in jars.items()]
    header = f"# SHA-256 and coordinate of every jar of Apache Kafka {KAFKA_VERSION}; made by `make lock`.\n"
    LIST.write_text(header + "\n".join(sorted(lines, key=lambda line: line.split()[1])) + "\n")


if __name__ == "__main__":
    main()
