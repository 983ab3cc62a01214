"""Pinned jars: a wrong one is refused by name, before anything runs, and never reaches the cache."""

import hashlib
from pathlib import Path

import pytest

from pattana.embedded.jars import KAFKA_VERSION, Jar, WrongJar, bring, pinned

GOOD = b"a jar"
JAR = Jar("org.example:thing:1.0", hashlib.sha256(GOOD).hexdigest())


def test_every_pinned_jar_has_a_version_and_a_checksum() -> None:
    jars = pinned()
    assert len(jars) > 40
    assert f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}" in {jar.coordinate for jar in jars}
    assert all(len(jar.sha256) == 64 and jar.coordinate.count(":") == 2 for jar in jars)
    assert len({jar.filename for jar in jars}) == len(jars)


def test_a_good_cached_jar_is_used_without_a_download(tmp_path: Path) -> None:
    (tmp_path / "thing-1.0.jar").write_bytes(GOOD)
    assert bring([JAR], tmp_path) == [tmp_path / "thing-1.0.jar"]


def test_a_changed_jar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thing-1.0.jar").write_bytes(b"another jar")
    with pytest.raises(WrongJar, match=r"is not the pinned org.example:thing:1.0.*Nothing was started"):
        bring([JAR], tmp_path)


def test_a_jar_with_a_wrong_checksum_is_not_kept(tmp_path: Path) -> None:
    jar = Jar("org.slf4j:slf4j-api:1.7.36", "0" * 64)
    with pytest.raises(WrongJar, match="slf4j-api"):
        bring([jar], tmp_path)
    assert list(tmp_path.iterdir()) == []
