"""Words that tell too much are found in six languages, whatever their endings and marks."""

# ruff: noqa: RUF001  (other scripts are meant)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.posts.rules.leaks import Leak, check_leaks

TELLING = {
    "fr": {
        "Famille syrienne cherche une table": Leak.NATIONALITY,
        "Repas HALAL si possible": Leak.RELIGION,
        "Elle est en fauteuil roulant": Leak.HEALTH,
        "Dame DIABÉTIQUE": Leak.HEALTH,
        "Ils sont réfugiés": Leak.STATUS,
        "Un demandeur d’asile": Leak.STATUS,
        "Une fille de 8 ans": Leak.AGE,
    },
    "nl": {
        "Een Syrische familie": Leak.NATIONALITY,
        "Liefst halal eten": Leak.RELIGION,
        "Mevrouw zit in een rolstoel": Leak.HEALTH,
        "Hij is vluchteling": Leak.STATUS,
        "Voor een 8-jarige jongen": Leak.AGE,
        "Moslima's welkom, een moslim": Leak.RELIGION,
    },
    "en": {
        "An Eritrean mother": Leak.NATIONALITY,
        "A Muslim household": Leak.RELIGION,
        "She uses a wheelchair": Leak.HEALTH,
        "Two refugees": Leak.STATUS,
        "A boy aged 9": Leak.AGE,
        "A 9-year-old": Leak.AGE,
    },
    "ar": {
        "عائلة سورية تحتاج إلى طاولة": Leak.NATIONALITY,
        "طَعامٌ حَلالٌ من فضلكم": Leak.RELIGION,
        "هي على كرسي متحرك": Leak.HEALTH,
        "نحن لاجـــئون": Leak.STATUS,
        "والْلاجئين": Leak.STATUS,
        "طفل عمره ٨ سنوات": Leak.AGE,
        "سيدة مُسلِمة": Leak.RELIGION,
    },
    "uk": {
        "Родина біженців": Leak.STATUS,
        "Я біженка": Leak.STATUS,
        "Вона інвалідка, пересувається на візку": Leak.HEALTH,
        "Сирійська сім'я": Leak.NATIONALITY,
        "Їжа халяльна": Leak.RELIGION,
        "Хлопчику 8 років": Leak.AGE,
        "8-річна дівчинка": Leak.AGE,
    },
    "pt": {
        "Família síria ou uma senhora ucraniana": Leak.NATIONALITY,
        "Comida halal, somos muçulmanos": Leak.RELIGION,
        "Anda em cadeira de rodas": Leak.HEALTH,
        "Somos refugiadas": Leak.STATUS,
        "Uma menina de 8 anos": Leak.AGE,
    },
}
ORDINARY = (
    "Il faut une table et quatre chaises, au deuxième étage, depuis 3 ans sans ascenseur.",
    "Nous parlons arabe et un peu ukrainien. Merci pour la place au jardin.",
    "Je peux aider le samedi, à 5 minutes de la rue Haute. J'ai 10 ans d'expérience.",
    "We zoeken een wasmachine, liefst voor woensdag. Ik spreek Turks en Frans.",
    "Sinds 3 jaar in Gent, tram 2 stopt voor de deur. Opslaan 2 dozen lukt ook.",
    "We need a lift to the station on Friday. Two bags, one pram. We speak Ukrainian and Arabic.",
    "Polish the table? Yes please: it is 12 years since anybody did. Second floor.",
    "نحتاج إلى طاولة وأربعة كراسي يوم الجمعة. نتكلم العربية والتركية.",
    "أسكن هنا منذ 3 سنوات، الطابق الثاني. شكرا على المساعدة.",
    "Потрібен дитячий візок і ліжко на п'ятницю. Розмовляємо українською.",
    "Вже 3 роки живемо тут, другий поверх. Дякуємо за допомогу, притулок для речей.",
    "Precisamos de uma mesa na sexta-feira, há 3 anos que vivemos aqui. Falamos ucraniano.",
    "Tenho 5 anos de experiência e um carro. Rés do chão, sem escadas.",
)
HOUSES = (
    "Rue Haute 12",
    "12, rue de la Victoire",
    "avenue Louise 203 b",
    "place Flagey 18",
    "Kerkstraat 12, bus 3",
    "bij Antwerpsesteenweg 44",
    "Kruidtuinlaan 3",
    "12 Main Street",
    "вул. Шевченка, буд. 5",
    "شارع الحرية رقم ١٢",
    "Rua das Flores 8",
)


@pytest.mark.parametrize(
    ("text", "leak"), [pair for words in TELLING.values() for pair in words.items()]
)
def test_what_tells_too_much_is_found(text: str, leak: Leak) -> None:
    check = check_leaks(text)
    assert leak in check.telling, check
    assert check.words[leak]
    assert not check.blocked


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_pass(text: str) -> None:
    assert not check_leaks(text).found


@pytest.mark.parametrize("text", HOUSES)
def test_a_house_is_never_published(text: str) -> None:
    assert Leak.ADDRESS in check_leaks(text).found
    assert check_leaks(text).blocked


NUMBERS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")


@given(
    st.integers(0, 999_999_999),
    st.sampled_from(NUMBERS),
    st.sampled_from(("", " ", ".", "-", "–", "/", "\u200b")),
    st.sampled_from(("Mon numéro {}.", "رقمي {} شكرا", "мій номер {}", "nr.{}!")),
)
def test_a_national_number_is_blocked_however_it_is_written(
    base: int, digits: str, gap: str, around: str
) -> None:
    number = f"{base:09d}{97 - base % 97:02d}"
    parts = (number[:2], number[2:4], number[4:6], number[6:9], number[9:])
    shown = gap.join(parts).translate(str.maketrans(NUMBERS[0], digits))
    assert check_leaks(around.format(shown)).blocked
