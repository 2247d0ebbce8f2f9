"""What an exchange is now, who stands on which side, and how it ends.

- The side of the offer gives, the side of the need receives; nobody rates anybody.
- Hosting needs a third yes: that of the organisation which vouches for the need.
- It is completed when both sides say yes. Yes and no is a dispute: a coordinator calls.
- After one no the other side has 48 hours to say otherwise, then it counts as not done.
- After the question, 14 days of silence close it as unconfirmed, without an entry in the ledger.
- A stay has a last day and a plan for afterwards before the organisation says yes. The guest alone
  is asked how it goes: after one day, seven, thirty, then each month; silence calls a worker.
- A guest can leave at any hour with one button; then the host gets nobody until people decided.
- Contacts stay until 30 days after the end; a cancelled or missed meeting hides them at once.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from app.clock import BRUSSELS
from app.posts.rules.leaks import BLOCKED, check_leaks

ASK_AFTER = timedelta(days=3)
ASK_FROM = time(10)
OBJECTION = timedelta(hours=48)
SILENCE = timedelta(days=14)
FIRST_CHECK_INS = (1, 7, 30)
MONTH = 30
CHECK_IN_SILENCE = timedelta(hours=48)
LONGEST_STAY = timedelta(days=366)
CONTACTS_STAY = timedelta(days=30)
MESSAGES_STAY = timedelta(days=183)
LONGEST_MESSAGE = 2_000
LONGEST_PLACE = 200
MOST_MESSAGES = 200
FARTHEST_MEETING = timedelta(days=730)


class Side(StrEnum):
    GIVER = "giver"
    RECEIVER = "receiver"

    @property
    def other(self) -> "Side":
        return Side.RECEIVER if self is Side.GIVER else Side.GIVER


class Voice(StrEnum):
    """Whose yes a proposal can hear."""

    NEED = "need"
    OFFER = "offer"
    ORGANISATION = "organisation"


class Answer(StrEnum):
    YES = "yes"
    NOT_YET = "not_yet"
    NO = "no"


class Doing(StrEnum):
    """How a guest says they are doing."""

    FINE = "fine"
    TALK = "talk"
    UNSAFE = "unsafe"


class Via(StrEnum):
    """How a guest left."""

    PAGE = "page"
    LINK = "link"
    CODE = "code"
    WORKER = "worker"


class Company(StrEnum):
    """What makes the first visit of two people safe."""

    PUBLIC = "public"
    THIRD = "third"


class Outcome(StrEnum):
    """What both answers together mean."""

    OPEN = "open"
    COMPLETED = "completed"
    DISPUTED = "disputed"
    NOT_DONE = "not_done"


class Status(StrEnum):
    AGREED = "agreed"
    SCHEDULED = "scheduled"
    ASKED = "asked"
    DISPUTED = "disputed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NOT_DONE = "not_done"
    UNCONFIRMED = "unconfirmed"


OPEN = frozenset({Status.AGREED, Status.SCHEDULED, Status.ASKED, Status.DISPUTED})


class State(Protocol):
    """The time stamps that status is read from."""

    @property
    def meeting_at(self) -> datetime | None: ...
    @property
    def asked_at(self) -> datetime | None: ...
    @property
    def giver_said(self) -> str | None: ...
    @property
    def receiver_said(self) -> str | None: ...
    @property
    def completed_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def not_done_at(self) -> datetime | None: ...
    @property
    def disputed_at(self) -> datetime | None: ...
    @property
    def unconfirmed_at(self) -> datetime | None: ...


def status(exchange: State) -> Status:
    """The one word for where an exchange stands; ends exclude each other."""
    ends = {
        Status.COMPLETED: exchange.completed_at,
        Status.CANCELLED: exchange.cancelled_at,
        Status.NOT_DONE: exchange.not_done_at,
        Status.UNCONFIRMED: exchange.unconfirmed_at,
        Status.DISPUTED: exchange.disputed_at,
        Status.ASKED: exchange.asked_at or exchange.giver_said or exchange.receiver_said,
        Status.SCHEDULED: exchange.meeting_at,
    }
    return next((name for name, since in ends.items() if since), Status.AGREED)


def is_open(exchange: State) -> bool:
    return status(exchange) in OPEN


def may_cancel(exchange: State) -> bool:
    """Before anybody said whether it happened; afterwards the answer is yes or no."""
    return is_open(exchange) and exchange.giver_said is None and exchange.receiver_said is None


def outcome(giver: str | None, receiver: str | None) -> Outcome:
    answers = {giver, receiver}
    if answers == {Answer.YES}:
        return Outcome.COMPLETED
    if answers == {Answer.NO}:
        return Outcome.NOT_DONE
    return Outcome.DISPUTED if answers == {Answer.YES, Answer.NO} else Outcome.OPEN


def missing_voices(heard: frozenset[Voice], *, hosting: bool) -> frozenset[Voice]:
    """Whose yes a proposal still waits for."""
    needed = {Voice.NEED, Voice.OFFER} | ({Voice.ORGANISATION} if hosting else set())
    return frozenset(needed - heard)


def ask_at(day_it_ends: date | None, agreed_at: datetime) -> datetime:
    """When to ask whether it happened: the morning after, or three days after an open agreement."""
    if day_it_ends is None:
        return agreed_at + ASK_AFTER
    morning = datetime.combine(day_it_ends + timedelta(days=1), ASK_FROM, BRUSSELS)
    return morning.astimezone(UTC)


def check_in_days(first: date, last: date) -> list[int]:
    """On which days of a stay the guest is asked; once even if it is short."""
    nights = max(1, (last - first).days)
    monthly = range(2 * MONTH, nights + 1, MONTH)
    return [day for day in (*FIRST_CHECK_INS, *monthly) if day <= nights]


def check_in_at(first: date, day: int) -> datetime:
    """In the morning, so that somebody can be called the same day."""
    morning = datetime.combine(first + timedelta(days=day), ASK_FROM, BRUSSELS)
    return morning.astimezone(UTC)


def may_meet_at(at: datetime, now: datetime) -> bool:
    """From today on, within two years."""
    return now - timedelta(days=1) <= at <= now + FARTHEST_MEETING


class Warn(StrEnum):
    """What a message holds that deserves a second thought; it is sent all the same."""

    CONTACT = "contact"
    MONEY = "money"
    WORK = "work"
    HURRY = "hurry"


# Elsewhere nobody can look after what is said. "Signal" alone is a plain word too.
_ELSEWHERE = re.compile(
    r"\b(?:whats ?app|telegram|viber|messenger|instagram|snapchat|facebook|tiktok)\b"
    r"|\b(?:on|via|by|sur|par|op|no|pelo) signal\b"
    r"|واتساب|تلغرام|تيليجرام|فايبر|вотсап|ватсап|телеграм|вайбер",
    re.IGNORECASE,
)
_WARNINGS = {
    Warn.MONEY: re.compile(
        r"€|\b(?:eur|euros?|iban|be\d{2}[\s\d]{8,}|paypal|payconiq|western union|pay(?:ment)?|money"
        r"|rent|deposit|paye[rz]?|paiement|argent|loyer|caution|virement"
        r"|betal\w*|geld|huur|waarborg|overschrijving"
        r"|dinheiro|pagar|pagamento|aluguel|cau[çc][ãa]o|transfer[êe]ncia"
        r"|المال|مالا|فلوس|نقود|إيجار|عربون|تحويل|ادفع|تدفع)\b"
        r"|دفع|гроші|грошей|платіж|оплат|заплат|переказ",
        re.IGNORECASE,
    ),
    Warn.WORK: re.compile(
        r"in exchange for|in return for|work for (?:me|us)|you (?:will|can) (?:clean|cook|work)"
        r"|en [ée]change d|contre du travail|travailler pour (?:moi|nous)"
        r"|in ruil voor|werken voor (?:mij|ons)|em troca de|trabalhar para (?:mim|n[óo]s)"
        r"|مقابل (?:ال)?(?:عمل|تنظيف|طبخ|خدمة|سكن)|[اأت]?عمل عندي|в обмін|працюва\w* \w+ мене"
        r"|passport|passeport|paspoort|паспорт|passaporte|جواز"
        r"|(?:identity|id|residence) card|carte d.identit|titre de s[ée]jour"
        r"|identiteitskaart|verblijfskaart|посвідчення|cart[ãa]o de cidad"
        r"|بطاقة (?:هوية|الهوية|الإقامة)"
        r"|(?:keep|hold) your (?:papers|documents|id)|gard\w* (?:tes|vos) (?:papiers|documents)"
        r"|(?:hou|houd|bewaar) (?:je|uw) papieren|ficar com os (?:seus|teus) documentos"
        r"|забер\w* (?:ваші |твої )?документи|أوراقك عندي",
        re.IGNORECASE,
    ),
    Warn.HURRY: re.compile(
        r"\b(?:decide (?:right )?now|now or never|last chance|act now"
        r"|keep (?:it|this) (?:a )?secret|do(?: not|n.t) tell any(?:one|body)"
        r"|d[ée]cide[zr]? (?:tout de suite|maintenant)|maintenant ou jamais|derni[èe]re chance"
        r"|(?:n.en parle[zr]?|ne (?:le )?(?:dis|dites)(?: rien)?) [àa] personne|reste entre nous"
        r"|beslis nu|nu of nooit|laatste kans|vertel (?:het |dit )?(?:aan )?niemand"
        r"|blijft onder ons"
        r"|agora ou nunca|[úu]ltima (?:chance|oportunidade)|decid[ae] (?:j[áa]|agora)"
        r"|n[ãa]o contes? a ningu[ée]m|fica entre n[óo]s"
        r"|зараз \w+ ніколи|останній шанс|вирішуй(?:те)? зараз|нікому не каж\w+|це між нами"
        r"|الآن أو أبد[اأ]|آخر فرصة|قرر الآن|لا تخبر(?:ي|وا)? أحد[اأ]?|سر بيننا)\b",
        re.IGNORECASE,
    ),
}


def warnings_in(text: str) -> tuple[Warn, ...]:
    """How exploitation begins: other channels, money, papers, work in return, pressure."""
    leaks = BLOCKED & set(check_leaks(text).found)
    found = [Warn.CONTACT] if leaks or _ELSEWHERE.search(text) else []
    return (*found, *(kind for kind, pattern in _WARNINGS.items() if pattern.search(text)))
