"""A phone with the agents' app in a real Chromium, driven by the app's own modules."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

from benchmarks._bad_network import Network
from benchmarks._phone_script import Visit

PIN = "739164"
PASSWORD = "a field of many days"  # noqa: S105 of a database that is dropped at the end
PATIENCE_S = 180
BAD_TURNS = 12
OPENINGS, OPEN_MS = 8, 25_000
READY = "[data-testid=pin-1], [data-testid=tab-round], [name=username]"
SCREEN: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True,
    "permissions": ["geolocation"], "geolocation": {"latitude": -29.9, "longitude": -71.25},
}  # fmt: skip

SIGN_IN = """async ({ username, password, pin }) => {
  const session = await import("/app/sync/session.js");
  const failed = await session.signIn(username, password);
  if (failed) return failed;
  if (session.arriving) await session.choosePin(pin);
  return null;
}"""
START = 'async () => (await import("/app/sync/session.js")).startShift()'
UNLOCK = 'async (pin) => (await import("/app/sync/session.js")).enterPin(pin)'
VISIT = """async ({ caseId, pays, promises }) => {
  const records = await import("/app/sync/records.js");
  const { value } = await import("/app/kept/database.js");
  const { recordsOf } = await import("/app/kept/outbox.js");
  const money = (amount_minor) => ({ amount_minor, currency: "CLP" });
  const written = [];
  try {
    const id = await records.checkIn(caseId);
    written.push(id);
    if (pays) written.push(await records.takePayment(caseId, money(pays), "cash", null));
    if (promises) {
      const soon = new Date(Date.now() + 86400000).toISOString().slice(0, 10);
      written.push(await records.promise(caseId, money(promises), soon));
    }
    const { agent_id } = await value("session");
    const visit = (await recordsOf(agent_id)).find((record) => record.id === id);
    const outcome = pays ? "part_paid" : promises ? "promised" : "not_home";
    written.push(await records.checkOut(visit, outcome));
  } catch (error) {
    return { written, refused: String(error) };
  }
  return { written, refused: null };
}"""
DEPOSIT = """async () => {
  const records = await import("/app/sync/records.js");
  const { state } = await import("/app/state.js");
  const count = Math.floor((state.till?.in_hand_minor ?? 0) / 1000);
  if (!count) return { written: [], refused: null };
  try {
    const money = { amount_minor: count * 1000, currency: "CLP" };
    const id = await records.deposit(money, [{ face_minor: 1000, count }], "branch", null);
    return { written: [id], refused: null };
  } catch (error) {
    return { written: [], refused: String(error) };
  }
}"""
LEFT = """async () => {
  const { flush } = await import("/app/sync/flush.js");
  const { value } = await import("/app/kept/database.js");
  const { recordsOf } = await import("/app/kept/outbox.js");
  flush();
  const session = await value("session");
  if (!session) return { records: [], is_over: true };
  const found = await recordsOf(session.agent_id);
  return {
    is_over: Boolean(session.is_over),
    records: found.map(({ id, kind, seq, state, body, problem, needs }) =>
      ({ id, kind, seq, state, problem, needs, minor: body?.amount?.amount_minor ?? 0 })),
  };
}"""
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  await registration.update();
  for (let wait = 0; wait < 100 && !registration.waiting; wait += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
  registration.waiting?.postMessage("take over");
}"""
FULL = """() => {
  globalThis.takes ??= IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
ROOM = "() => { IDBObjectStore.prototype.add = globalThis.takes; }"
CLOCK = """(off_ms) => {
  const real = Date.now.bind(Date);
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [real() + off_ms])); }
    static now() { return real() + off_ms; }
  };
}"""


@dataclass
class Phone:
    """An agent's phone: what its screens said was written down is in `written`."""

    context: BrowserContext
    page: Page
    network: Network
    username: str
    written: list[str] = field(default_factory=list)
    off_ms: int = 0
    refused: int = 0
    is_flying: bool = False
    sessions: dict[Page, CDPSession] = field(default_factory=dict)

    def open(self) -> Page:
        """Open the app in a new tab, with the PIN where it asks for it. A tab that does not come
        up, as on a machine with much to do, is opened again: a person does the same."""
        for _ in range(OPENINGS):
            page = self.context.new_page()
            self._connect(page)
            if self.off_ms:
                page.add_init_script(f"({CLOCK})({self.off_ms})")
            try:
                page.goto(f"{self.network.url}/app/", timeout=OPEN_MS)
                page.wait_for_selector(READY, timeout=OPEN_MS)
                if page.locator("[data-testid=pin-1]").count():
                    assert page.evaluate(UNLOCK, PIN) is None
            except Error:
                page.close()
            else:
                return page
        raise AssertionError("the app did not open")

    def sign_in(self) -> None:
        """Sign in, whatever the network does to it: a person tries again."""
        credentials = {"username": self.username, "password": PASSWORD, "pin": PIN}
        for _ in range(30):
            if self.page.evaluate(SIGN_IN, credentials) is None:
                return
        raise AssertionError("nobody could sign in")

    def visit(self, visit: Visit, case_id: str) -> None:
        """Write a visit down."""
        told = self.page.evaluate(
            VISIT,
            {"caseId": case_id, "pays": visit.pays_minor, "promises": visit.promises_minor},
        )
        self._wrote(told)

    def deposit(self) -> None:
        """Hand over all the cash."""
        self._wrote(self.page.evaluate(DEPOSIT))

    def _wrote(self, told: dict[str, Any]) -> None:
        self.written += told["written"]
        self.refused += told["refused"] is not None

    def suffer(self, fault: str, clock_off_s: int) -> None:
        """Have a fault happen now."""
        if fault == "flight mode":
            self.fly(is_flying=not self.is_flying)
        elif fault == "killed page":
            self._kill()
        elif fault == "second tab":
            self.page = self.open()
        elif fault == "clock off":
            self.off_ms = clock_off_s * 1000
            self._kill()
        elif fault == "new version":
            self._update()

    def fly(self, *, is_flying: bool) -> None:
        """Flight mode on or off, in all tabs. Not by the driver's own call: it asks service workers
        too, and waits for ever for one that is just going."""
        self.is_flying = is_flying
        for page in self.context.pages:
            self._connect(page)

    def _connect(self, page: Page) -> None:
        if page not in self.sessions:
            self.sessions[page] = self.context.new_cdp_session(page)
            self.sessions[page].send("Network.enable")
        self.sessions[page].send(
            "Network.emulateNetworkConditions",
            {"offline": self.is_flying, "latency": 0,
             "downloadThroughput": -1, "uploadThroughput": -1},
        )  # fmt: skip

    def _kill(self) -> None:
        """End the page's process at once, as a phone does that runs out of memory."""
        old = self.context.pages
        for page in old:
            with suppress(Error):
                page.goto("chrome://crash", timeout=2_000)
        self.page = self.open()
        for page in old:
            self.sessions.pop(page, None)
            page.close()

    def _update(self) -> None:
        """Another version of the app is on the server, and the agent takes it."""
        version = f'self.VERSION = "newer-{len(self.written)}-'.encode()
        self.network.newer["/app/files.js"] = lambda old: old.replace(b'self.VERSION = "', version)
        if self.page.evaluate("!navigator.onLine || !navigator.serviceWorker.controller"):
            return
        self.page.evaluate(UPDATE)
        self.page.wait_for_timeout(
            300
        )  # the page loads itself again, once the new one is in charge
        self.page.wait_for_load_state()
        self._kill()

    def fill_storage(self, *, is_full: bool) -> None:
        """Have the browser refuse what the app would keep, as on a full phone; or take it again."""
        self.page.evaluate(FULL if is_full else ROOM)

    def left(self) -> dict[str, Any]:
        """All records, having asked the app to send what waits."""
        found: dict[str, Any] = self.page.evaluate(LEFT)
        return found

    def settle(self) -> list[dict[str, Any]]:
        """All records, once none waits any more or nothing has come of it in three minutes. The
        network stays bad for a while yet."""
        self.fly(is_flying=False)
        for turn in range(PATIENCE_S * 2):
            if turn == BAD_TURNS:
                self.network.weights = (1, 0, 0, 0)
            found = self.left()
            if found["is_over"]:
                self.sign_in()
            elif not on_their_way(found["records"]):
                break
            self.page.wait_for_timeout(500)
        records: list[dict[str, Any]] = found["records"]
        return records


def of_a_person(records: list[dict[str, Any]]) -> set[str]:
    """The records that wait for a person: those that the server refused, and what needs them."""
    held: set[str] = set()
    for each in records:
        is_behind = each["state"] == "waiting" and each["needs"] in held
        if each["state"] == "parked" or is_behind:
            held.add(each["id"])
    return held


def on_their_way(records: list[dict[str, Any]]) -> set[str]:
    """The records that are to be sent yet, and can be."""
    return {each["id"] for each in records if each["state"] == "waiting"} - of_a_person(records)


@contextmanager
def a_phone(browser: Browser, network: Network, username: str) -> Iterator[Phone]:
    """A phone on which the agent has signed in and started the shift."""
    context = browser.new_context(**SCREEN)
    context.set_default_timeout(PATIENCE_S * 1000)
    phone = Phone(context, context.new_page(), network, username)
    try:
        phone.page.goto(f"{network.url}/app/")
        phone.page.wait_for_selector("[name=username]")
        phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        phone.sign_in()
        assert phone.page.evaluate(START) is None
        yield phone
    finally:
        context.close()
