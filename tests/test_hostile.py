"""A generated corpus of hostile and broken files: each gets its code, quickly, and reaches nothing."""

import socket
import threading
from collections import Counter
from dataclasses import replace

import pytest
from conftest import often
from hostile import Planted, corpus

import geo.worker
from geo.errors import InputError
from geo.limits import UPLOAD
from geo.wire import packed
from geo.worker import ask

SECRET = b"canary-4b1d"
pytestmark = pytest.mark.xdist_group("worker")


class Listener:
    """Counts who connects to an address of this machine."""

    def __init__(self) -> None:
        self.server, self.visits = socket.create_server(("127.0.0.1", 0)), 0
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        while True:
            try:
                visitor, _ = self.server.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()


@pytest.fixture(scope="module")
def listener():
    made = Listener()
    yield made
    made.server.close()


@pytest.fixture(scope="module")
def cases(tmp_path_factory, listener):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "canary.csv").write_bytes(b"a,b\n" + SECRET + b",1\n")
    return corpus(folder / "corpus", Planted(listener.url, folder / "canary.csv"))


@pytest.fixture
def reports(monkeypatch):
    """How each process ended and what it used."""
    found, exchange = [], geo.worker.exchange

    def noting(*args, **options):
        content, report = exchange(*args, **options)
        found.append(report)
        return content, report

    monkeypatch.setattr(geo.worker, "exchange", noting)
    return found


SHORT = replace(UPLOAD, seconds=5)  # without a wall, the deadline may be what is left


def said_of(case, without=frozenset()) -> tuple[str, bytes]:
    """The code that the file gets, "ok" where it is read, and all that is said of it."""
    try:
        return "ok", packed(ask("sheet", case.path, limits=SHORT if without else UPLOAD, without=without).sheet)
    except InputError as error:
        return error.code, str(error).encode()


def beyond_bounds(reports) -> list[dict]:
    """Answers that took 10 s or 1 GiB; processor time, as other tests run beside this one."""
    return [report for report in reports if report.get("cpu", 0) >= 10 or report.get("memory", 0) >= 1 << 30]


def test_there_are_at_least_300_files_of_every_class(cases):
    assert len(cases) >= 300
    assert set(Counter(case.kind for case in cases)) == {"reach", "bomb", "broken", "words"}


def test_every_file_gets_its_code_in_time_and_reaches_nothing(cases, listener, reports):
    said = {case: said_of(case) for case in cases[:: often("every_nth_of_all_hostile_files")]}
    wrong = [(c.path.name, code, sorted(c.codes)) for c, (code, _) in said.items() if code not in c.codes]
    told = [c.path.name for c, (_, text) in said.items() if SECRET in text]
    assert (wrong, told, listener.visits, beyond_bounds(reports)) == ([], [], 0, [])  # all four, even where one fails


@pytest.mark.parametrize(
    ("wall", "kind"),
    [("inspect", "reach"), ("drivers", "reach"), ("network", "reach"), ("files", "reach"), ("inspect", "bomb"),
     ("limits", "bomb")],
)  # fmt: skip
def test_the_other_walls_hold_where_one_is_missing(cases, listener, reports, wall, kind):
    chosen = [case for case in cases if case.kind == kind][:: often("every_nth_hostile_file")]
    said = {case: said_of(case, frozenset({wall})) for case in chosen}
    told = [c.path.name for c, (_, text) in said.items() if SECRET in text]
    assert (told, listener.visits, beyond_bounds(reports)) == ([], 0, [])


def test_a_raster_in_disguise_is_refused_as_a_raster_too(cases):
    for case in cases:
        if case.path.suffix == ".tif" and case.kind in ("reach", "bomb"):
            with pytest.raises(InputError) as caught:
                ask("raster", case.path, limits=UPLOAD)
            assert SECRET.decode() not in str(caught.value)
