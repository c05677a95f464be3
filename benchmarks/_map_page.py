"""A browser on the live map, and what is measured in it: frames, arrivals, time to first use.

Chromium draws in software and reaches 127.0.0.1 only. What a page measures is noted by scripts of
our own that run in it before the page's; none of them calls the product's code.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright

from benchmarks._ping_field import TOKEN
from cli import chromium

SIZE: ViewportSize = {"width": 1400, "height": 900}

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""Blocked by the browser itself: asking this process about each request would be measured too."""

ARRIVALS = """
(() => {
  const seen = {};
  window.arrivals = seen;
  const listen = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (name, handler, ...more) {
    if (name !== "batch") return listen.call(this, name, handler, ...more);
    return listen.call(this, name, (event) => {
      const { positions } = JSON.parse(event.data);
      handler(event);
      // A task after the next frame runs when that frame has been painted.
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => {
          const at = performance.timeOrigin + performance.now();
          for (const { captured_at } of positions) seen[captured_at] ??= at;
        };
        after.port2.postMessage(0);
      });
    }, ...more);
  };
})();
"""
"""Notes when each position was on the screen: the end of the first frame after it came."""

FRAMES = """
(ms) => new Promise((done) => {
  let first = 0;
  let frames = 0;
  const frame = (time) => {
    first ||= time;
    if (time - first >= ms) done((1000 * frames) / (time - first));
    else { frames += 1; requestAnimationFrame(frame); }
  };
  requestAnimationFrame(frame);
})
"""

PAN = """
([selector, ms]) => new Promise((done) => {
  const place = document.querySelector(selector);
  const box = place.getBoundingClientRect();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const tell = (name, clientX, clientY) => place.dispatchEvent(new MouseEvent(name, {
    bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX, clientY }));
  tell("mousedown", ...middle);
  let first = 0;
  let frames = 0;
  const frame = (time) => {
    first ||= time;
    const turn = (time - first) / 700;
    if (time - first >= ms) {
      tell("mouseup", ...middle);
      done((1000 * frames) / (time - first));
      return;
    }
    frames += 1;
    const [right, down] = [160 * Math.sin(turn), 120 * (1 - Math.cos(turn))];
    tell("mousemove", middle[0] + right, middle[1] + down);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""
"""Drags the map along a loop with one movement of the mouse a frame; frames a second."""

USABLE = """
(agents) => {
  const { roundsman } = window;
  if (roundsman?.connection !== "live") return null;
  if (Object.keys(roundsman.agents).length < agents) return null;
  if (!document.querySelector(".row[data-agent-id]")) return null;
  return performance.now();
}
"""

TILED = """
() => {
  const tiles = [...document.querySelectorAll(".leaflet-tile")];
  return tiles.length > 0 && tiles.every((tile) => tile.classList.contains("leaflet-tile-loaded"))
    ? performance.now() : null;
}
"""

REPLAY = """
([label, least]) => new Promise((done) => {
  const began = performance.now();
  const before = window.roundsman.replay.day;
  document.querySelector(`[aria-label="${label}"]`).click();
  const look = () => {
    const { ready, day, pings } = window.roundsman.replay;
    if (!ready || day === before || pings < least) {
      requestAnimationFrame(look);
      return;
    }
    const after = new MessageChannel();
    after.port1.onmessage = () => done(performance.now() - began);
    after.port2.postMessage(0);
  };
  requestAnimationFrame(look);
})
"""
"""Goes to another day of a replay; milliseconds until it can be played and is painted."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames a second: the median of the repeats, and the processor's share while at it."""

    median: float
    every: list[float]
    cpu_share: float
    """Seconds of processor time that all of Chromium took in a second."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.ensure(),
            args=[*chromium.OPTIONS, "--disable-component-update", "--disable-sync", NO_OTHER_HOST],
        )
        yield opened
        opened.close()


@contextmanager
def page_on(opened: Browser, url: str) -> Iterator[Page]:
    """A page of a supervisor who is signed in, with an empty cache. Ends the benchmark when it
    asks anything of another host or tells of an error."""
    context = opened.new_context(viewport=SIZE)
    context.add_cookies([{"name": "roundsman_session", "value": TOKEN, "url": url}])
    page = context.new_page()
    wrong: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            wrong.append(request.url)

    page.on("request", note)
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(ARRIVALS)
    try:
        yield page
    finally:
        context.close()
    if wrong:
        raise SystemExit(f"the page complained: {wrong}")


def until(page: Page, true: str, argument: Any = None, wait_s: float = 60) -> Any:
    """The first answer of a function in the page that is not null, asked every 20 ms."""
    for _ in range(int(wait_s / 0.02)):
        told = page.evaluate(true, argument)
        if told is not None and told is not False:
            return told
        page.wait_for_timeout(20)
    raise SystemExit(f"never true: {true.strip()}")


def open_live(page: Page, url: str, agents: int) -> tuple[float, float]:
    """Open the live map: milliseconds until all agents are on it and the list can be used, and
    until the basemap is whole."""
    page.goto(f"{url}/live", wait_until="commit")
    usable_ms: float = until(page, USABLE, agents)
    tiled_ms: float = until(page, TILED)
    return usable_ms, tiled_ms


def frames(opened: Browser, page: Page, repeats: int, script: str, argument: Any) -> Frames:
    """Run a script of this module that answers frames a second, so many times."""
    before_s = _cpu_s(opened)
    began_ms = page.evaluate("performance.now()")
    every = [round(page.evaluate(script, argument), 1) for _ in range(repeats)]
    took_s = (page.evaluate("performance.now()") - began_ms) / 1000
    return Frames(statistics.median(every), every, round((_cpu_s(opened) - before_s) / took_s, 2))


def _cpu_s(opened: Browser) -> float:
    session = opened.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")
    session.detach()
    return sum(float(process["cpuTime"]) for process in told["processInfo"])
