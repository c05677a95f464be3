"""Receipts on paper of 58 mm, and as a picture for the share sheet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.agent_app.scene import Scene, a_scene, stand_at, start_shift
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser

PRINTER = """() => {
  globalThis.paper = [];
  globalThis.trouble = null;
  const port = {
    writeValueWithResponse: async (bytes) => {
      if (trouble === "out of paper") throw new DOMException("gone", "NetworkError");
      if (bytes.length > 180) throw new RangeError("too much at once");
      paper.push(...bytes);
    },
  };
  const service = { getCharacteristic: async () => port };
  const server = { getPrimaryService: async () => service };
  const gatt = { connect: async () => server, disconnect() {} };
  Object.defineProperty(navigator, "bluetooth", { value: {
    requestDevice: async ({ filters }) => {
      if (trouble === "nobody chose") throw new DOMException("none", "NotFoundError");
      globalThis.asked = filters[0].services[0];
      return { gatt };
    },
  } });
  globalThis.shared = null;
  navigator.canShare = ({ files }) => Boolean(files);
  navigator.share = async (its) => { globalThis.shared = its; };
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=2) as scene:
        yield scene


def rows_on_paper(page: Page) -> list[str]:
    """The dots of what was printed, a text of 0 and 1 for each row."""
    sent = bytes(page.evaluate("paper"))
    assert sent.startswith(b"\x1b@")
    rest, rows = sent[2:], []
    while rest.startswith(b"\x1dv0\x00"):
        across, height = (int.from_bytes(rest[at : at + 2], "little") for at in (4, 6))
        assert across == 48
        body, rest = rest[8 : 8 + across * height], rest[8 + across * height :]
        rows += [
            "".join(f"{byte:08b}" for byte in body[y * across : (y + 1) * across])
            for y in range(height)
        ]
    assert rest == b"\x1bd\x03"
    return rows


def test_a_receipt_is_printed_and_shared_and_each_trouble_is_told(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    page.add_init_script(f"({PRINTER})()")
    case = scene.cases[0]
    stand_at(phone, scene.doors[str(case)])
    start_shift(scene, page)
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=pay]")
    page.fill("#amount", "12000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.evaluate("trouble = 'nobody chose'")
    page.tap("[data-testid=print]")
    page.wait_for_selector("text=No printer was chosen")
    page.evaluate("trouble = 'out of paper'")
    page.tap("[data-testid=print]")
    page.wait_for_selector("text=The printer stopped answering")
    page.evaluate("trouble = null")
    page.tap("[data-testid=print]")
    page.wait_for_selector("text=Printed")
    assert page.evaluate("asked") == "000018f0-0000-1000-8000-00805f9b34fb"
    rows = rows_on_paper(page)
    assert {len(row) for row in rows} == {384}
    dark = [row.count("1") for row in rows]
    assert 500 < sum(dark) < 384 * len(rows) / 4
    photograph(page, "phone_receipt", looks=True)
    page.tap("[data-testid=share]")
    page.wait_for_function("() => shared !== null")
    told = page.evaluate(
        "(async () => { const { files: [file] } = shared;"
        " const picture = await createImageBitmap(file);"
        " return [file.type, file.name, picture.width, picture.height]; })()"
    )
    assert (told[0], told[2]) == ("image/png", 384)
    assert told[1].endswith(".png")
    assert told[3] > 300
