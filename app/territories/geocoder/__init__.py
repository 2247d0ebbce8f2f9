"""Turns the words people use for a place into a point: offline by default, one port for all."""

from importlib import import_module

from app.settings import GeocoderSettings
from app.territories.geocoder.gazetteer import Gazetteer
from app.territories.geocoder.port import Geocoder

# Loaded only where it is chosen: geopy brings every service of the world and two HTTP clients.
NOMINATIM = "app.territories.geocoder.nominatim"


def open_geocoder(settings: GeocoderSettings) -> Geocoder:
    """The geocoder that the settings name; keep one, it holds the rate limit."""
    if settings.provider != "nominatim":
        return Gazetteer()
    chosen: Geocoder = import_module(NOMINATIM).NominatimGeocoder(
        domain=settings.nominatim_domain, user_agent=settings.user_agent
    )
    return chosen
