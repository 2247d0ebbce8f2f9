"""The taxonomy is complete, stable and says nothing in public that reveals health."""

import pytest

from app.posts.rules.taxonomy import (
    CATEGORIES,
    GROUPS,
    Care,
    Unit,
    by_number,
    categories_in,
    category,
    group,
    name,
    public_icon,
    public_name,
)
from app.posts.rules.taxonomy_names import LANGUAGES, NAMES
from matching.taxonomy import TAXONOMY

RIGHTS_IN_UKRAINIAN = "Знати свої права"


def test_nine_groups_hold_thirty_nine_categories() -> None:
    assert len(GROUPS) == 9
    assert [one.number for one in CATEGORIES] == list(range(39))
    assert len({one.code for one in CATEGORIES}) == 39
    assert [one for each in GROUPS for one in categories_in(each.code)] == list(CATEGORIES)


def test_every_name_exists_once_in_each_of_six_languages() -> None:
    codes = {one.code for one in GROUPS} | {one.code for one in CATEGORIES}
    assert set(NAMES) == codes
    assert set(LANGUAGES) == {"en", "fr", "nl", "ar", "uk", "pt"}
    for language in LANGUAGES:
        names = [one.name(language) for one in CATEGORIES]
        assert all(text == text.strip() != "" for text in names)
        assert len(set(names)) == 39


@pytest.mark.parametrize(("language", "script"), [("ar", "ARABIC"), ("uk", "CYRILLIC")])
def test_names_are_written_in_the_script_of_their_language(language: str, script: str) -> None:
    first, last = {"ARABIC": ("\u0600", "\u06ff"), "CYRILLIC": ("\u0400", "\u04ff")}[script]
    for names in NAMES.values():
        letters = [sign for sign in names[language] if sign.isalpha()]
        assert all(first <= sign <= last or sign == "\u2019" for sign in letters)


def test_engine_and_platform_number_the_categories_alike() -> None:
    for one in CATEGORIES:
        engine = TAXONOMY[one.number]
        assert (engine.code, engine.remote) == (one.code, one.remote)
        assert engine.radius_km == (one.radius_km or 0)
        assert engine.hosting == one.is_hosting


def test_care_classes_follow_the_design() -> None:
    def having(care: Care) -> set[str]:
        return {one.code for one in CATEGORIES if care in one.classes}

    assert having(Care.HOSTING) == {"roof.bed", "roof.room", "roof.home"}
    assert having(Care.SENSITIVE) == {"goods.aid", "home.respite"}
    assert having(Care.VISIT) == {
        *("wash.shower", "move.escort", "learn.homework", "company.talk", "company.buddy"),
        *("home.repair", "home.chores", "home.child", "home.respite"),
    }


def test_only_calls_and_letters_are_remote_alone() -> None:
    assert {one.code for one in CATEGORIES if one.is_remote_only} == {
        "company.call",
        "company.letter",
    }
    assert all(one.remote for one in CATEGORIES if one.is_remote_only)


def test_the_public_reads_only_the_group_of_a_sensitive_category() -> None:
    aid = category("goods.aid")
    assert public_name(aid, "fr") == "Objets"
    assert public_icon(aid) == "package-open"
    assert aid.name("fr") == "Aides techniques"
    clothes = category("goods.clothes")
    assert public_name(clothes, "nl") == "Kleding"
    assert public_icon(clothes) == "shirt"


def test_lookups_find_by_code_and_number() -> None:
    assert category("paper.rights") is by_number(category("paper.rights").number)
    assert name("paper.rights", "uk") == RIGHTS_IN_UKRAINIAN
    assert name("roof", "de") == "A roof"
    assert group("food").icon == "utensils"
    assert category("move.lift").unit is Unit.SEATS
    assert category("roof.bed").open_eligibility == "Housing > Emergency Shelter"


@pytest.mark.parametrize("number", [-1, 39, 10**20])
def test_an_unknown_number_is_refused(number: int) -> None:
    with pytest.raises(KeyError):
        by_number(number)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        category("roof.castle")
    with pytest.raises(KeyError):
        name("roof.castle", "en")
