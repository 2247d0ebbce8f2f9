"""The 39 categories, their order and distances, as the design tables have them."""

from matching.taxonomy import TAXONOMY

RADII = {
    "roof": "bed 15 room 30 home 50 search 20",
    "wash": "shower 3 laundry 3 storage 5",
    "food": "meal 5 parcel 5 delivery 3 garden 5",
    "goods": "clothes 5 baby 5 furniture 10 household 5 device 10 school 5 aid 15",
    "move": "house 15 lift 10 escort 5 errand 3 animal 3",
    "paper": "forms 10 interpret 20 rights 20 work 20 digital 5",
    "learn": "language 10 homework 5 reading 10",
    "company": "talk 5 call 0 letter 0 buddy 10",
    "home": "repair 5 chores 5 child 5 respite 5",
}


def test_order_and_radius_are_those_of_the_domain() -> None:
    due = []
    for group, line in RADII.items():
        words = line.split()
        due += [(f"{group}.{w}", float(r)) for w, r in zip(words[::2], words[1::2], strict=True)]
    assert [(each.code, each.radius_km) for each in TAXONOMY.values()] == due
    assert [each.number for each in TAXONOMY.values()] == list(TAXONOMY) == list(range(39))


def test_marks() -> None:
    by_code = {each.code: each for each in TAXONOMY.values()}
    assert {c for c, each in by_code.items() if each.hosting} == {
        "roof.bed",
        "roof.room",
        "roof.home",
    }
    assert {c for c, each in by_code.items() if each.remote_only} == {
        "company.call",
        "company.letter",
    }
    assert sum(each.remote for each in TAXONOMY.values()) == 10
    assert sum(each.language_hard for each in TAXONOMY.values()) == 19
    assert all(1 <= each.cell_km <= 10 and each.lam_km >= 1 for each in TAXONOMY.values())
