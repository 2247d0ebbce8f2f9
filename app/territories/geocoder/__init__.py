"""Turns the words people use for a place into a point: offline by default, one port for all."""

from app.settings import GeocoderSettings
from app.territories.geocoder.gazetteer import Gazetteer
from app.territories.geocoder.nominatim import NominatimGeocoder
from app.territories.geocoder.port import Geocoder


def open_geocoder(settings: GeocoderSettings) -> Geocoder:
    """The geocoder that the settings name; keep one, it holds the rate limit."""
    if settings.provider == "nominatim":
        return NominatimGeocoder(domain=settings.nominatim_domain, user_agent=settings.user_agent)
    return Gazetteer()
