"""A backup taken while others write restores on an empty machine to equal hashes of every file and of the chain."""

import json
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from databases import fresh_database, one_cluster
from people import make_people
from pydantic import SecretStr
from served import empty_workspace, fill, senders
from sqlalchemy import create_engine, inspect, select, text
from test_ledger import entry, write

from api.audit import audit
from api.database import reading
from api.errors import LedgerError, WorkspaceError
from api.ledger import Base, verify
from api.operation.backups import backup, checked
from api.operation.restoring import restore
from api.settings import Settings
from api.workspace import make_config, make_workspace, open_workspace
from geo.write import write_bytes

ROOT = Path(__file__).parent.parent
WRITERS = """
import sys
from threading import Thread
from api.database import open_engine, writing
from api.events import DatasetCurrent
from api.ledger import Entry, append
engine = open_engine(sys.argv[1])
def write(name):
    for n in range(100_000):
        said = DatasetCurrent(layer="wifi", provider="Sở", part="", vintage=None, dataset=None, replaces=None, rows=n)
        with writing(engine) as session:
            append(session, Entry(said, f"{name}/{n}", "tester"))
        print(name, flush=True)
for name in "abcd":
    Thread(target=write, args=[name]).start()
"""


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


def settings_for(request, kind):
    if kind == "sqlite":
        return Settings(actor="test")
    return Settings(actor="test", database_url=SecretStr(fresh_database(request.getfixturevalue("postgresql"))))


def a_workspace(folder, settings):
    made = make_workspace(folder, make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa"}), settings)
    make_people(made)
    for n in range(3):
        write_bytes(f"ảnh {n}".encode(), folder / "evidence" / f"{n:064x}.jpg", mode=0o444)
    write_bytes(b"half", folder / "evidence" / ".half.jpg")
    return made


def all_rows(workspace, until):
    """Every table as rows; of events those up to a number."""
    with reading(workspace.engine) as session:
        found = {t.name: sorted(map(str, session.execute(select(t)).all())) for t in Base.metadata.sorted_tables}
        found["event"] = list(
            map(str, session.execute(text("SELECT * FROM event WHERE id <= :n ORDER BY id"), {"n": until}))
        )
    return found


def url_of(workspace):
    return workspace.engine.url.render_as_string(hide_password=False)


def heard_all_four(writers):
    """Wait until each of the four writers has written once more."""
    heard = set()
    while heard < set("abcd"):
        heard.add(writers.stdout.readline().strip())


@pytest.mark.parametrize(("begun", "ended"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_backup_taken_while_four_write_restores_to_equal_hashes(request, tmp_path, begun, ended):
    made = a_workspace(tmp_path / "w", settings_for(request, begun))
    writers = subprocess.Popen(
        [sys.executable, "-c", WRITERS, url_of(made)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        heard_all_four(writers)
        about = backup(made, tmp_path / "b.tar")
        heard_all_four(writers)
    finally:
        writers.kill()
        writers.communicate()
    there = settings_for(request, ended)
    assert restore(tmp_path / "b.tar", tmp_path / "elsewhere", there) == about
    again = open_workspace(tmp_path / "elsewhere", there)
    with reading(again.engine) as session:
        assert verify(session, [about.head]) == []
    assert all_rows(again, about.event) == all_rows(made, about.event)
    for n in range(3):
        name = f"evidence/{n:064x}.jpg"
        assert (again.path / name).read_bytes() == (made.path / name).read_bytes()
    assert not (again.path / "evidence" / ".half.jpg").exists()
    again.close()
    made.close()


def test_a_restored_workspace_passes_its_audit_and_takes_new_events(tmp_path):
    made = empty_workspace(tmp_path / "w")
    make_people(made)
    fill(made, senders(tmp_path)[:1])
    about = backup(made, tmp_path / "b.tar")
    write(made.engine, entry(1))
    made.close()
    restore(tmp_path / "b.tar", tmp_path / "elsewhere", Settings(actor="test"))
    again = open_workspace(tmp_path / "elsewhere", Settings(actor="test"))
    assert audit(again, [about.head]).broken == ()
    assert write(again.engine, entry(2)) == [about.event + 1]
    again.close()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    made = a_workspace(folder / "w", Settings(actor="test"))
    backup(made, folder / "b.tar")
    made.close()
    return folder / "b.tar"


def test_a_backup_is_for_its_owner_only_and_replaces_nothing(archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    opened = open_workspace(archive.parent / "w", Settings(actor="test"))
    with pytest.raises(WorkspaceError, match="exists already"):
        backup(opened, archive)
    opened.close()


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
def test_a_damaged_or_cut_archive_is_refused_before_anything_is_touched(archive, tmp_path, at):
    content = archive.read_bytes()
    with tarfile.open(archive) as tar:
        inside = [(m.offset_data, m.size) for m in tar if m.size]
    start, size = inside[int(at * len(inside))]
    spoilt = bytearray(content)
    spoilt[start + size // 2] ^= 1
    for n, broken in enumerate([bytes(spoilt), content[: int(at * inside[-1][0])], content[: start + size // 2]]):
        path = tmp_path / f"{n}.tar"
        path.write_bytes(broken)
        with pytest.raises(WorkspaceError):
            restore(path, tmp_path / "elsewhere", Settings())
    assert not (tmp_path / "elsewhere").exists()
    assert not list(tmp_path.glob(".*"))


def with_manifest(archive, target, change):
    """The archive with another manifest."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            if member.name == "manifest.json":
                said = json.loads(stream.read())
                change(said)
                raw = json.dumps(said).encode()
                member.size = len(raw)
                stream = BytesIO(raw)
            new.addfile(member, stream)


def with_a_file(archive, target, name):
    """The archive with one more file, named in its list too."""
    nothing = [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
    with_manifest(archive, target, lambda said: said["files"].update({name: nothing}))
    with tarfile.open(target, "a") as more:
        more.addfile(tarfile.TarInfo(name))


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "evidence/..\\outside", "c:outside"])
def test_an_archive_cannot_write_outside_its_folder(archive, tmp_path, name):
    with_a_file(archive, tmp_path / "b.tar", name)
    with pytest.raises(WorkspaceError, match="outside"):
        restore(tmp_path / "b.tar", tmp_path / "elsewhere", Settings())


def test_neither_a_full_folder_nor_a_full_database_is_overwritten(archive, tmp_path, request):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="not an empty folder"):
        restore(archive, tmp_path / "full", Settings())
    settings = settings_for(request, "postgresql")
    other = a_workspace(tmp_path / "other", settings)
    with pytest.raises(LedgerError, match="holds a ledger already"):
        restore(archive, tmp_path / "elsewhere", settings)
    other.close()
    assert not (tmp_path / "elsewhere").exists()


def test_an_empty_folder_that_is_there_is_filled_and_stays_that_folder(archive, tmp_path):
    (tmp_path / "volume").mkdir()
    number = (tmp_path / "volume").stat().st_ino  # the root of a volume cannot be replaced by another folder
    about = restore(archive, tmp_path / "volume", Settings(actor="test"))
    assert (tmp_path / "volume").stat().st_ino == number
    assert [path.name for path in tmp_path.rglob(".*")] == []
    again = open_workspace(tmp_path / "volume", Settings(actor="test"))
    assert audit(again, [about.head]).broken == ()
    again.close()


@pytest.mark.parametrize("fails", ["the chain", "the folder"])
def test_a_restore_that_fails_leaves_the_database_as_empty_as_it_was(archive, tmp_path, request, monkeypatch, fails):
    settings = settings_for(request, "postgresql")
    with_manifest(
        archive, tmp_path / "b.tar", lambda said: said.update(head="0" * 64) if fails == "the chain" else None
    )
    if fails == "the folder":  # somebody else puts a file there at the last moment
        write = Path.replace
        monkeypatch.setattr(Path, "replace", lambda path, to: write(path, to / "x" if to == tmp_path / "w" else to))
    with pytest.raises((WorkspaceError, OSError)):
        restore(tmp_path / "b.tar", tmp_path / "w", settings)
    monkeypatch.undo()
    engine = create_engine(settings.database_url.get_secret_value())
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    restore(archive, tmp_path / "w", settings)


def test_what_is_no_backup_is_said_to_be_none(tmp_path):
    (tmp_path / "x.tar").write_bytes(b"not a tar")
    with pytest.raises(WorkspaceError, match="cannot be read as a backup"):
        checked(tmp_path / "x.tar")
