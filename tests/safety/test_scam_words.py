"""How exploitation begins, in six languages; and plain words of neighbours, which pass unmarked."""

import pytest

from app.exchanges.rules import Warn, warnings_in

DANGER = {
    Warn.MONEY: (
        "Send the deposit first", "Vous devez payer le loyer avant", "Eerst de huur betalen",
        "ادفع الإيجار أولا", "Спочатку переказ, потім ключ", "Primeiro o pagamento da caução",
    ),
    Warn.WORK: (
        "A room if you work for me", "Une chambre en échange de ménage",
        "Een kamer in ruil voor poetsen",
        "غرفة مقابل العمل", "Кімната в обмін на роботу", "Um quarto em troca de limpeza",
        "I keep your papers", "Je garde tes papiers", "Ik bewaar je papieren",
        "أوراقك عندي", "Я заберу ваші документи", "Vou ficar com os seus documentos",
    ),
    Warn.CONTACT: (
        "Write to me on WhatsApp", "On continue sur Signal", "Stuur het via Telegram",
        "اكتب لي على واتساب", "Пиши мені: вайбер", "Fala comigo no Instagram",
    ),
    Warn.HURRY: (
        "Decide now, and do not tell anyone", "C'est maintenant ou jamais, n'en parlez à personne",
        "Beslis nu en vertel het aan niemand", "آخر فرصة، لا تخبر أحدا",
        "Останній шанс, нікому не кажіть", "É agora ou nunca, não conte a ninguém",
    ),
}  # fmt: skip
PLAIN = (
    "I can come on Friday at six", "Bring a bag, there is bread too", "At the signal turn left",
    "Je peux venir vendredi, sonnez au deuxième", "La maison est calme, il y a un jardin",
    "Ik kom vrijdag langs met soep", "De bus stopt voor de deur",
    "أسكن مقابل المحطة في شمال المدينة", "سآتي يوم الجمعة مع الخبز",
    "Я прийду в п'ятницю, дзвоніть", "Двері зелені, дзвоніть двічі",
    "Posso vir na sexta às seis", "A casa fica em frente ao mercado", "I am in a hurry today",
    "Please answer today if you can", "It is urgent: she has no bed tonight",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"), [(kind, one) for kind, found in DANGER.items() for one in found]
)
def test_danger_is_marked(kind: Warn, words: str) -> None:
    assert kind in warnings_in(words)


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_pass(words: str) -> None:
    assert warnings_in(words) == ()
