"""A street with a house number, as people write it in six languages."""

# ruff: noqa: RUF001  (signs of other scripts are meant)

import re

# What is counted or measured after a number is no house.
_MEASURED = (
    r"(?!\d|[.,:/h]\d|\s*(?:min|m\b|met|mèt|km|h\b|heur|uur|hour|ans?\b|jaar|year|anos?\b|pers|euro"
    r"|€|x\b|pas\b|steps|хв|метр|км|годин|рок|دقا|دقي|متر|كم|ساع|سنو))"
)
_NUMBER = rf"\s*,?\s*(?:n[°o]\.?\s*|nr\.?\s*|буд\.?\s*|رقم\s*)?\d{{1,4}}{_MEASURED}"
_SMALL = r"(?:\s+(?:de|du|des|la|le|les|van|der|den|do|da|dos|das|the|of|l'|d'))*"
_NAMES = r"(?:\s*(?:l'|d')?[A-ZÀ-Þ][\w'’-]*){1,4}"
_DUTCH_VERBS = r"(?:Op|Aan|In|Toe|Over|Af|Om|Door|Uit|Ver|Neer)slaan|(?:Ond|Ov)erweg"
_STREETS = (
    # French and Portuguese put the street first or the number first.
    (
        r"(?i:\b(?:rue|avenue|chauss[ée]e|boulevard|bd|bld|av\.|rua|avenida|travessa)"
        rf"(?:\s+[\w'’-]+){{1,6}}?{_NUMBER})"
    ),
    (
        r"\b(?i:place|quai|clos|all[ée]e|square|impasse|dr[èe]ve|pra[çc]a|largo|praceta)"
        rf"{_SMALL}{_NAMES}{_NUMBER}"
    ),
    r"\b\d{1,4}\s?[a-zA-Z]?\s*,?\s+(?i:rue|avenue|chauss[ée]e|boulevard|bd|av\.)\s+\w",
    # Dutch joins the street to its name.
    rf"(?i:\b\w{{3,}}(?:straat|steenweg|straße|strasse){_NUMBER})",
    rf"\b(?!{_DUTCH_VERBS})[A-ZÀ-Þ]\w{{2,}}(?:laan|weg|plein|dreef|kaai|lei|baan|singel){_NUMBER}",
    # English puts the number first.
    r"\b\d{1,4}[a-zA-Z]?,?\s+(?:[A-Z]\w+\s+){1,3}(?i:street|road|avenue|lane|square|st\.|rd\.)",
    (
        r"(?i:\b(?:вул\.|вулиц\w+|просп\.|проспект\w*|пров\.|провул\w+|бульвар\w*)"
        rf"\s*[\w'’.-]+(?:\s+[\w'’-]+){{0,3}}{_NUMBER})"
    ),
    rf"(?:شارع|شارعِ|نهج|زقاق|جادة)\s+(?:\S+\s+){{0,4}}?{_NUMBER}",
)
_ADDRESS = re.compile("|".join(f"(?:{one})" for one in _STREETS))


def names_a_house(text: str) -> bool:
    """True where a street stands beside a house number; digits must be plain."""
    return _ADDRESS.search(text) is not None
