"""The day itself, in order, told while it happens."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random

from app.cli.demo.play import ground
from app.cli.demo.play.browser import Browser, StoryError
from app.cli.demo.play.cast import Pair, draw_pairs, new_email, new_phone
from app.cli.demo.play.ground import Helper, Tally
from app.cli.demo.play.letters import Mailbag
from app.cli.demo.play.pages import AMAL, JAN, Visitor
from app.cli.demo.play.programmes import Programme, TooLateError
from app.db import SessionMaker
from app.posts.rules import PostKind

DECLINES, IS_DECLINED, STAYS_OPEN = 4, 5, 6  # every so many askers
WORDS = "Bonjour, samedi matin à dix heures ?"

Say = Callable[[str], None]


@dataclass
class Day:
    """The platform as seen from outside, and what was published on it today."""

    address: str
    mailbag: Mailbag
    maker: SessionMaker
    random: Random
    say: Say
    stack: AsyncExitStack
    needs: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    programmes: dict[int, Programme] = field(default_factory=dict)

    async def programme(self, token: str) -> Programme:
        return await self.stack.enter_async_context(Programme(self.address, token))

    async def of_helper(self, helper: Helper) -> Programme:
        """The program of whoever was proposed: of today, or of the seeded town."""
        if helper.person_id not in self.programmes:
            token = await ground.token_of(self.maker, helper)
            self.programmes[helper.person_id] = await self.programme(token)
        return self.programmes[helper.person_id]

    async def visitor(self, name: str, language: str, contact: str) -> Visitor:
        browser = await self.stack.enter_async_context(Browser(self.address, language))
        return Visitor(name, contact, browser, self.mailbag)


async def live(day: Day, people: int) -> Tally:
    """Morning: offers. Noon: needs and proposals. Evening: exchanges, confirmed by both."""
    await _jan_and_amal(day)
    pairs = list(draw_pairs(day.random, people - 2))
    askers = await _publish(day, pairs)
    await ground.searched(day.maker, day.needs)
    day.say(f"The workers have looked around all {len(day.needs)} needs.")
    for number, (need, asker) in enumerate(askers, start=1):
        await _answer(day, number, need, asker)
    return await ground.tally(day.maker, day.needs, day.offers)


async def _jan_and_amal(day: Day) -> None:
    jan = await day.visitor("Jan", "nl", new_email("jan"))
    offer = await jan.publish_offer(JAN)
    day.offers.append(offer)
    day.say(f"Jan fills in the form in Dutch, proves his mail and offers furniture: {offer}.")
    amal = await day.visitor("أمل", "ar", new_phone())
    need = await amal.ask_for(offer, AMAL)
    day.needs.append(need)
    day.say(f"Amal asks for it in Arabic and proves her phone number last: {need}.")
    await ground.searched(day.maker, [need])
    helper = next(iter(await ground.helpers_of(day.maker, need)), None)
    if helper is None:
        raise StoryError("Nobody was proposed to Amal.")
    if not helper.was_asked:  # so many wait for Jan that others were proposed
        await amal.accept(helper.proposal)
    link = await day.mailbag.proposal_link_for(helper.contact, helper.proposal)
    by_link = jan if helper.contact == jan.contact else await day.visitor("", "nl", helper.contact)
    await by_link.accept_by_link(link)
    day.say("Whoever helps opens the message and says yes by its link.")
    await _meet(day, amal, jan, helper)


async def _meet(day: Day, amal: Visitor, jan: Visitor, helper: Helper) -> None:
    exchange = await amal.exchange()
    await amal.write(exchange, "مرحبا، هل يناسبك صباح السبت؟")
    if helper.contact == jan.contact:
        await jan.write(exchange, "Ja, graag. Tot zaterdag!")
        await jan.say_yes(exchange)
    else:
        await (await day.of_helper(helper)).say_yes(exchange)
    await amal.say_yes(exchange, "شكرا جزيلا")
    entry = await (await day.of_helper(helper)).entry_of(exchange)
    day.say(f"They write, meet, and both confirm: entry {entry} in the ledger.")


async def _publish(day: Day, pairs: Sequence[Pair]) -> list[tuple[str, Programme]]:
    """All offers first, so that every need meets the offers that are there."""
    helpers = [await _join(day, pair, PostKind.OFFER) for pair in pairs]
    askers = [await _join(day, pair, PostKind.NEED) for pair in pairs]
    offers = [pair.post(day.random, PostKind.OFFER) for pair in pairs]
    needs = [pair.post(day.random, PostKind.NEED) for pair in pairs]
    sent = zip(helpers, offers, strict=True)
    day.offers += await asyncio.gather(*(who.publish(post) for who, post in sent))
    day.say(f"{len(pairs)} programs publish an offer.")
    wanted = zip(askers, needs, strict=True)
    codes = await asyncio.gather(*(who.publish(post) for who, post in wanted))
    day.needs += codes
    day.say(f"{len(pairs)} programs publish a need.")
    return list(zip(codes, askers, strict=True))


async def _join(day: Day, pair: Pair, kind: PostKind) -> Programme:
    neighbour = pair.helper if kind is PostKind.OFFER else pair.asker
    return await day.programme(await ground.register(day.maker, neighbour))


async def _answer(day: Day, number: int, need: str, asker: Programme) -> None:
    """Go through what was proposed until one pairing holds."""
    mine = set(await asker.open_proposals())
    helpers = [one for one in await ground.helpers_of(day.maker, need) if one.proposal in mine]
    if helpers and (number % DECLINES == 0 or number % IS_DECLINED == 0):
        refused = helpers.pop(0)
        who = asker if number % DECLINES == 0 else await day.of_helper(refused)
        await who.decline(refused.proposal)
        day.say("Somebody says no, and nobody asks why.")
    for helper in helpers:
        programme = await day.of_helper(helper)
        exchange = await _agree(asker, programme, helper.proposal)
        if exchange is not None:
            await _happen(day, number, exchange, (asker, programme))
            return
    day.say("One need found nobody today; it waits for the next round.")


async def _agree(asker: Programme, helper: Programme, proposal: str) -> str | None:
    """Both say yes; None where somebody else was first."""
    try:
        await asker.accept(proposal)
        return await helper.accept(proposal)
    except TooLateError:
        return None


async def _happen(day: Day, number: int, exchange: str, sides: tuple[Programme, Programme]) -> None:
    asker, helper = sides
    await asker.write(exchange, WORDS)
    if number % STAYS_OPEN == 0:
        day.say("One pair agreed and meets another day.")
        return
    await helper.say_yes(exchange)
    await asker.say_yes(exchange)
    day.say(f"Help happened, both said so: entry {await asker.entry_of(exchange)} in the ledger.")
