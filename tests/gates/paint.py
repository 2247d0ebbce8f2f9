"""The first words on a slow line: 400 kbit/s, 400 ms, a processor six times slower."""

from playwright.async_api import Browser

KBITS, DELAY_MS, SLOWER = 400, 400, 6
MOST_SECONDS = 1.5
PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 1e9"""


async def first_paint(browser: Browser, address: str) -> float:
    """Seconds until something can be read, with an empty cache."""
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    line = {"offline": False, "latency": DELAY_MS, "downloadThroughput": KBITS * 125,
            "uploadThroughput": KBITS * 125}  # fmt: skip
    await wire.send("Network.emulateNetworkConditions", line)
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(address, wait_until="load")
    await page.wait_for_function(f"({PAINT})() < 1e9")
    seconds = float(await page.evaluate(PAINT)) / 1_000
    await context.close()
    return seconds
