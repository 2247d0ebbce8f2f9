"""A Thursday at the desk, and a stay from the first word to the seventh day."""

from collections.abc import Mapping
from secrets import token_hex

from app.cli.demo.play import desk_ground
from app.cli.demo.play.browser import Browser, Given
from app.cli.demo.play.cast import new_email, new_phone
from app.cli.demo.play.day import Day
from app.cli.demo.play.desk_ground import Desk, DeskTally, day_in
from app.cli.demo.play.desk_pages import Worker, revoke_by_code, say_fine
from app.notifications.rules import LinkPurpose

MOST_CLIENTS = 30
SPOKEN = (["ar", "fr"], ["fr"], ["pt", "fr"], ["tr", "fr"], ["ff", "fr"])
NEEDED = ("food.parcel", "goods.clothes", "paper.forms", "goods.baby", "goods.furniture")
DAYS = ((1, 2), (7, 7))  # which question, and how many days pass before it
JAN_HOSTS: Mapping[str, Mapping[str, Given]] = {
    "kind": {"category": "roof.bed"},
    "place": {"text": "1080"},
    "when": {"when": "any", "places": "2"},
    "languages": {"languages": ["nl", "fr"]},
}
AMAL_STAYS: Mapping[str, Mapping[str, Given]] = {
    "kind": {"category": "roof.bed"},
    "place": {"text": "1080"},
    "people": {"women": "1", "children": "1", "from_day": day_in(0), "stay": "20"},
    "languages": {"languages": ["ar", "fr"], "required": ["64"]},
}


async def live_thursday(day: Day, people: int) -> DeskTally:
    """Morning: the desk. Noon: a host and a guest. Then the clock moves to the seventh day."""
    desk = await desk_ground.open_desk(
        day.maker, f"Le Relais {token_hex(2)}", new_email("fatou"), new_email("nadia")
    )
    fatou, nadia = [await _worker(day, mail) for mail in (desk.fatou, desk.nadia)]
    await _clients(day, fatou, min(people, MOST_CLIENTS))
    await _stay(day, desk, fatou, nadia)
    return await desk_ground.tally(day.maker, desk)


async def _worker(day: Day, contact: str) -> Worker:
    worker = Worker(contact, await _browser(day, "fr"), day.mailbag)
    await worker.sign_in()
    return worker


async def _browser(day: Day, language: str) -> Browser:
    return await day.stack.enter_async_context(Browser(day.address, language))


async def _clients(day: Day, fatou: Worker, count: int) -> None:
    papers = []
    for number in range(count):
        alias = await fatou.welcome(SPOKEN[number % len(SPOKEN)])
        need = await fatou.post_for(alias, NEEDED[number % len(NEEDED)])
        papers.append(await fatou.print_paper(alias, need))
    day.say(f"Fatou hears {count} clients, reads their needs back and prints their papers.")
    await revoke_by_code(await _browser(day, "fr"), papers[0])
    day.say("The first client takes everything back with ten digits, from a borrowed phone.")


async def _stay(day: Day, desk: Desk, fatou: Worker, nadia: Worker) -> None:
    jan = await day.visitor("Jan", "nl", new_email("jan"))
    amal = await day.visitor("أمل", "ar", new_phone())
    offer = await jan.publish_offer(JAN_HOSTS)
    await fatou.write_host_file(offer)
    for worker in (fatou, nadia):
        await worker.sign_for(offer)
    day.say(f"Jan's home is visited, and two people sign: {offer}.")
    need = await amal.publish_need(AMAL_STAYS)
    await fatou.adopt(need)
    day.say(f"Fatou has spoken with Amal and vouches for her and her child: {need}.")
    proposal = await desk_ground.proposal_between(day.maker, need, offer)
    for one in (jan, amal):
        await one.accept_by_link(await day.mailbag.proposal_link_for(one.contact, proposal))
    stay = await fatou.agree_to_stay(proposal)
    day.say(f"Guest, host and {desk.code} say yes; the stay has an end and a plan: {stay}.")
    link = await day.mailbag.link_for(amal.contact, LinkPurpose.STAY, stay)
    for question, passing in DAYS:
        await desk_ground.let_days_pass(day.maker, stay, passing)
        await desk_ground.asked_of_guest(day.maker, stay, question)
        await say_fine(amal.browser, link)
        day.say(f"Day {question}: Amal says that she is fine. Jan sees nothing of it.")
