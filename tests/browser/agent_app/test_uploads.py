"""A picture over a connection that breaks in the middle, on a phone that is closed meanwhile."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.agent_app.scene import Scene, a_scene, enter_pin, start_shift, wait_until_sent

pytestmark = pytest.mark.browser

FIRST, SECOND = 40_000, 20_000

TAKE = """async (case_id) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 420, height: 420 });
  const drawing = canvas.getContext("2d");
  const noise = drawing.createImageData(420, 420);
  noise.data.forEach((_, at) => { noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256; });
  drawing.putImageData(noise, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  const { takePicture } = await import("/app/sync/records.js");
  return { id: await takePicture({ case: { id: case_id } }, "photo", blob), size: blob.size };
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUNDSMAN_BODY_STALL_S", "1")
        with a_scene(database_url, redis_url) as scene:
            yield scene


def test_a_picture_goes_on_where_the_connection_broke(scene: Scene, phone: BrowserContext) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    network = scene.network
    network.cuts += [FIRST, SECOND]
    taken: dict[str, Any] = page.evaluate(TAKE, str(scene.cases[0]))
    assert taken["size"] > 2 * (FIRST + SECOND)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    while len(network.cuts) == 2:
        page.wait_for_timeout(50)
    page.reload()  # the phone is closed and opened; only what it has written down is left
    enter_pin(page)
    page.wait_for_selector("[data-testid=next]")
    page.evaluate("() => void import('/app/sync/flush.js').then(({ flush }) => flush())")
    wait_until_sent(page, 1)
    assert network.cuts == []
    # It went on from what had come, of which the phone had heard nothing; never from zero.
    assert network.offsets == sorted(network.offsets)
    assert {FIRST, FIRST + SECOND} <= set(network.offsets)
    assert (network.offsets[0], network.offsets[-1]) == (FIRST, taken["size"])
    [stored] = scene.ask(
        "SELECT id, encode(original_sha256, 'hex') AS sha256, size_bytes FROM attachment"
    )
    assert str(stored.id) == taken["id"]
    [record] = page.evaluate(
        """async () => {
          const { value } = await import("/app/kept/database.js");
          const { recordsOf } = await import("/app/kept/outbox.js");
          return recordsOf((await value("session")).agent_id);
        }"""
    )
    assert record["body"]["sha256"] == stored.sha256 == record["answer"]["original_sha256"]
