"""Where something takes place, as it is written everywhere: from the room outwards to the province."""

import pytest

from shared.events.catalogue import Venue
from shared.venues import written

ROOM = Venue(room="ห้องประชุม 3", floor="5", building="อาคารสถาบันดำรงราชานุภาพ", site="กระทรวงมหาดไทย")
HOTEL = Venue(name="โรงแรมเอสดี อเวนิว", district="เขตบางพลัด", province_code="10")


@pytest.mark.parametrize(
    ("venue", "thai", "english"),
    [
        (
            ROOM,
            "ห้องประชุม 3 ชั้น 5 อาคารสถาบันดำรงราชานุภาพ กระทรวงมหาดไทย",
            "ห้องประชุม 3, floor 5, อาคารสถาบันดำรงราชานุภาพ, กระทรวงมหาดไทย",
        ),
        (HOTEL, "โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร", "โรงแรมเอสดี อเวนิว, เขตบางพลัด, Bangkok"),
        (Venue(name="โรงแรมดิเอมเพรส", province_code="50"), "โรงแรมดิเอมเพรส จังหวัดเชียงใหม่", "โรงแรมดิเอมเพรส, Chiang Mai"),
        (Venue(province_code="50"), "จังหวัดเชียงใหม่", "Chiang Mai"),
        (Venue(), "", ""),
    ],
)
def test_from_the_room_outwards_to_the_province(venue: Venue, thai: str, english: str) -> None:
    assert (written(venue, "th"), written(venue, "en")) == (thai, english)
