"""Links to evidence: https, whole, and nobody's name in them."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.followup.domain.evidence import secure_link
from services.enrolment.followup.domain.refusals import EvidenceNotSecure

GOOD = (
    "https://plan.chiangmai.example.go.th/2569/review.pdf",
    "https://intranet/files?id=1&v=2#page=3",
    "https://xn--12c1fe0br.example:8443/%E0%B8%81",
    "https://10.0.0.1/a",
)
BAD = (
    *(
        "http://plan.example/a",
        "HTTP://plan.example/a",
        "ftp://plan.example/a",
        "javascript:alert(1)",
        "//plan.example/a",
    ),
    *(
        "https://",
        "https:///a",
        "https://somchai:secret@plan.example/a",
        "https://somchai@plan.example/a",
        "plan.example/a",
    ),
    *(
        "https://plan.example/a b",
        "https://plan.example/\u202ea",
        'https://plan.example/"><script>',
        "https://-a.example/",
    ),
    *(
        "https://plan.example:port/",
        "https://[::1",
        "https://แผน.example/",
        "https://plan.example/\\a",
        "https://a..b/",
    ),
    *("data:text/html,https://plan.example", " https://plan.example/a", "https://plan.example/a\n"),
)


@pytest.mark.parametrize("link", GOOD)
def test_a_good_link_stays_as_it_is(link: str) -> None:
    assert secure_link(link) == link


@pytest.mark.parametrize("link", BAD)
def test_anything_else_is_refused(link: str) -> None:
    with pytest.raises(EvidenceNotSecure):
        secure_link(link)


@given(st.text(max_size=60) | st.text(max_size=40).map("https://".__add__))
def test_what_passes_has_a_host_and_can_be_put_anywhere(written: str) -> None:
    try:
        link = secure_link(written)
    except EvidenceNotSecure:
        return
    parts = urlsplit(link)
    assert parts.scheme == "https"
    assert parts.hostname
    assert parts.username is None
    assert not set(link) & set(" \"'<>\\\t\r\n`{}|^")
