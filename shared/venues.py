"""How messages, calendars and official papers write where something takes place: in one way. Pure."""

from typing import Literal

from shared.events.catalogue import Venue
from shared.thai import province_name


def written(venue: Venue, language: Literal["th", "en"]) -> str:
    """What is known of it, from the room outwards to the province, so that a reader of another one finds it; empty when
    nothing is."""
    floor = venue.floor and (f"ชั้น {venue.floor}" if language == "th" else f"floor {venue.floor}")
    province = venue.province_code and province_name(venue.province_code, language)
    parts = [venue.room, floor, venue.building, venue.name, venue.site, venue.district, province]
    return (" " if language == "th" else ", ").join(part for part in parts if part)
