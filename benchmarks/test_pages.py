"""Pages in Chromium: the first paint of the served province map beside that of an empty page, and what is sent."""

import http.server
import shutil
import threading
import time
from statistics import median

import pytest

from benchmarks import peers, served_province

pytestmark = pytest.mark.benchmark(timer=time.perf_counter)
EMPTY = b'<!doctype html><html lang="vi"><title>.</title><p>.</p></html>'
MAP_BYTES, COMMUNE_BYTES = 700_000, 150_000
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
TURNS = 7


@pytest.fixture(scope="module")
def own(tmp_path_factory, size):
    with peers.ours(served_province.workspace(tmp_path_factory.mktemp("pages"), size.villages)) as started:
        yield started[0]


@pytest.fixture(scope="module")
def empty():
    """The address of a page with nothing on it."""

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(EMPTY)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    if found is None:
        peers.absent("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def opened(chromium, url, ready=""):
    """Milliseconds until something was painted, and bytes over the network by address, with nothing kept before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sent = {}
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    names = {}
    wire.on("Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda e: sent.update({names.get(e["requestId"], ""): e["encodedDataLength"]}))
    page.goto(url)
    if ready:
        page.wait_for_selector(ready, timeout=120_000)
    page.wait_for_load_state("networkidle")
    painted = page.evaluate(PAINT)
    context.close()
    return painted, sent


def test_map(benchmark, size, own, empty, chromium):
    """First paint of the map and of an empty page by turns; bytes of its data and of everything."""
    opened(chromium, f"{own}/ban-do", "html[data-ready=yes]")  # drawn, and read by both processes
    turns = TURNS if size.judged else 2
    pairs = [(opened(chromium, empty), opened(chromium, f"{own}/ban-do", "html[data-ready=yes]")) for _ in range(turns)]
    plain, mine = (median(one[side][0] for one in pairs) for side in (0, 1))
    sent = pairs[-1][1][1]
    data = sum(size for url, size in sent.items() if "/du-lieu/" in url)
    benchmark.pedantic(lambda: None)
    benchmark.extra_info |= {
        "empty_ms": round(plain, 1), "map_ms": round(mine, 1), "ratio": round(mine / plain, 2),
        "data_bytes": data, "bytes": sum(sent.values()),
    }  # fmt: skip
    print(f"\n{benchmark.name}: {benchmark.extra_info}")  # noqa: T201  for the reader of -s
    assert 0 < data <= MAP_BYTES
    assert mine / plain < 1.5 or not size.judged


def test_commune_page(benchmark, own, chromium):
    """Bytes of a commune's page with its style sheet, scripts and fonts."""
    _, listed = opened(chromium, f"{own}/xa")
    assert listed
    _, sent = opened(chromium, f"{own}/xa/14000")
    benchmark.pedantic(lambda: None)
    benchmark.extra_info |= {"bytes": sum(sent.values())}
    print(f"\n{benchmark.name}: {benchmark.extra_info}")  # noqa: T201  for the reader of -s
    assert 0 < sum(sent.values()) <= COMMUNE_BYTES
