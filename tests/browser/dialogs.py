"""Walks a page's dialogs by keyboard alone, as somebody without a mouse does."""

from dataclasses import dataclass, field

from playwright.sync_api import Error, Page

UNMARKED = [
    "Add a contact", "Add an account", "Change stage", "Make a payment link", "Note a contact",
    "Offer a plan", "QR code", "What comes next",
]  # fmt: skip
"""Buttons that open a dialog without saying so by "…"."""

OPENERS = """(unmarked) => [...document.querySelectorAll("button")]
    .filter((one) => !one.closest("dialog") && (one.dataset.opens || one.textContent.includes("…")
        || unmarked.includes(one.textContent.trim())))
    .filter((one) => !one.disabled && one.checkVisibility() && one.getClientRects().length)
    .map((one) => one.textContent.trim().replace(/\\s+/g, " "))"""

FOCUS = """(words) => {
    const same = (one) => one.textContent.trim().replace(/\\s+/g, " ") === words;
    const opener = [...document.querySelectorAll("button")]
        .filter((one) => same(one) && !one.closest("dialog") && !one.disabled)
        .find((one) => one.checkVisibility());
    opener?.focus();
    return document.activeElement === opener && Boolean(opener);
}"""

IS_AT = """(words) => !document.activeElement.closest("dialog")
    && document.activeElement.textContent.trim().replace(/\\s+/g, " ") === words"""

WHERE = """() => {
    const [at, open] = [document.activeElement, document.querySelector("dialog[open]")];
    const name = (one) => one.id || one.name || one.textContent.trim();
    return { inside: open.contains(at), nowhere: at === document.body, at: name(at),
        first: [...open.querySelectorAll(".body :is(input, select, textarea)")]
            .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden")
            .map(name)[0] ?? null };
}"""

WRONG = """(dialog) => {
    const [at, open] = [document.activeElement, document.querySelector("dialog[open]")];
    if (!open || open.id !== dialog) return "sent"; // another one shows what came of it
    const seen = (what) => [...open.querySelectorAll(what)].filter((one) => one.checkVisibility());
    const [wrong] = seen("[aria-invalid=true], form:not([novalidate]) :user-invalid");
    const told = seen("[data-problem], [role=alert], [role=status]")
        .some((one) => one.textContent.trim());
    if (wrong?.contains(at)) return "at the wrong field";
    if (wrong) return `not at ${wrong.name}`;
    return told ? "told" : "";
}"""


@dataclass
class Walk:
    """What came of the dialogs of a page: those that opened, and what was wrong with them."""

    opened: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def walk(page: Page, url: str) -> Walk:
    """Walk each dialog that a button of a page opens; buttons that open one end in "…"."""
    done = Walk()
    _go(page, url)
    for words in dict.fromkeys(page.evaluate(OPENERS, UNMARKED)):
        if _opens(page, words, done):
            done.opened.append(words)
            _walk(page, words, done)
        _go(page, url)
    return done


def _go(page: Page, url: str) -> None:
    for _ in range(5):
        try:
            page.goto("about:blank")  # an address with another fragment only is no new page
            page.goto(url)
            break
        except Error:  # the page is just being shown anew with what was done
            page.wait_for_timeout(500)
    for _ in range(100):
        page.wait_for_timeout(100)
        if page.evaluate("!document.querySelector('main .skeleton')"):
            break
    page.wait_for_timeout(600)


def _opens(page: Page, words: str, done: Walk) -> bool:
    """Whether Enter on the button opens a dialog."""
    if not page.evaluate(FOCUS, words):
        done.wrong.append(f"{words}: cannot be focused")
        return False
    page.keyboard.press("Enter")
    try:
        page.wait_for_selector("dialog[open]", timeout=3_000)
    except Error:
        done.wrong.append(f"{words}: opens nothing")
        return False
    page.wait_for_timeout(300)
    return True


def _walk(page: Page, words: str, done: Walk) -> None:
    began = page.evaluate(WHERE)
    if not began["inside"] or (began["first"] and began["at"] != began["first"]):
        done.wrong.append(f"{words}: begins at {began['at']}, not at {began['first']}")
    for key in [*["Tab"] * 12, *["Shift+Tab"] * 14]:
        page.keyboard.press(key)
        where = page.evaluate(WHERE)
        if not (where["inside"] or where["nowhere"]):
            done.wrong.append(f"{words}: {key} leaves for {where['at']}")
            break
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    if page.locator("dialog[open]").count():
        done.wrong.append(f"{words}: Escape does not close it")
        return
    page.wait_for_timeout(300)
    if not page.evaluate(IS_AT, words):
        at = page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        done.wrong.append(f"{words}: Escape leads to {at}")
    if _opens(page, words, done):
        _send(page, words, done)


def _came(page: Page, dialog: str) -> str:
    try:
        return str(page.evaluate(WRONG, dialog))
    except Error:  # the page is shown anew with what was done
        return "sent"


def _send(page: Page, words: str, done: Walk) -> None:
    """Enter in the first field, or on the button, sends what stands there."""
    if page.locator("dialog[open] form").count() == 0:
        return
    dialog = str(page.locator("dialog[open]").get_attribute("id"))
    typed = page.evaluate("document.activeElement.matches('input:is([type=text], [type=number])')")
    came = ""
    # Where notes and coins are counted, Enter goes on to the next kind.
    for place in (["field"] if typed else []) + ["button"]:
        if place == "button":
            page.locator("dialog[open] footer button").last.focus()
        page.keyboard.press("Enter")
        for _ in range(30):
            page.wait_for_timeout(100)
            came = _came(page, dialog)
            if came:
                break
        if came:
            break
    if came not in {"sent", "told", "at the wrong field"}:
        done.wrong.append(f"{words}: Enter leaves one {came or 'with nothing told'}")
