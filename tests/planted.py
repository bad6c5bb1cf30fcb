"""A workspace in which every closed thing of two communes, two operators and the police carries words of its own.

`TOKENS` says who may read each word; `decoded` opens whatever an answer is packed in, so that the words can be looked for.
"""

import base64
import contextlib
import gzip
import io
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import planted_plan
import shapely
from fastapi.testclient import TestClient
from once import once
from people import key, make_people, make_person, signed_in
from PIL import Image
from served import DAY, RULES, fill, layer_file, senders
from shapely import Point, box

from api.app import create_app
from api.assessing import Asked, make_run
from api.database import writing
from api.opening import Sent
from api.people.accounts import Post
from api.publication.publishing import publish
from api.settings import Settings
from api.work import jobs
from api.work.job_process import FINISHED, do
from api.workspace import Workspace, make_config, make_workspace, open_workspace
from geo.layer import LAYERS

# who asks in these tests; operator_beta stands for "the other one"
NAMES = ("public", "commune_1", "commune_2", "operator_alfa", "operator_beta", "planner", "police", "auditor", "admin")
PLACES = {"00001": (105.8123457, 20.0512345), "00002": (105.9623451, 20.0567891)}
BETWEEN = {"00001": (105.8323461, 20.0712347), "00002": (105.9423467, 20.0767893)}
ALL = frozenset(NAMES)
PLANNER = frozenset({"planner"})


def commune_of(code: str) -> str:
    """The person of a commune."""
    return {"00001": "commune_1", "00002": "commune_2"}[code]


def camera_words(code: str) -> dict[str, frozenset[str]]:
    """Words of the camera of a commune; where it looks is for the police alone."""
    readers = frozenset({commune_of(code), "planner", "police"})
    lon, _ = PLACES[code]
    seen = {f"QZCAM{code}ID", f"QZCAM{code}PLACE", f"QZCAM{code}OWNER", f"{lon:.6f}"}
    return dict.fromkeys(seen, readers) | {f"4{code[-1]}.37591": frozenset({"police"})}


def station_words(operator: str, code: str) -> dict[str, frozenset[str]]:
    """Words of the station of an operator in a commune."""
    readers = frozenset({f"operator_{operator}", commune_of(code), "planner"})
    return dict.fromkeys((f"QZBTS{operator}{code}ID", f"QZBTS{operator}{code}NAME"), readers)


def planted_words() -> dict[str, frozenset[str]]:
    """Word → who may read it."""
    found = {}
    for code in PLACES:
        found |= camera_words(code)
        for operator in ("alfa", "beta"):
            found |= station_words(operator, code)
            found[f"QZFIB{operator}{code}ID"] = frozenset({f"operator_{operator}", commune_of(code), "planner"})
            found[f"QZCOV{operator}{code}ID"] = frozenset({f"operator_{operator}", commune_of(code), "planner"})
    for name in NAMES[1:]:
        found[f"QZKEY{name}"] = frozenset({name, "admin"})  # what one calls an app password
        if name not in ("auditor", "admin"):
            found[f"QZFILE{name}"] = frozenset({name})
    for code in PLACES:
        asker = commune_of(code)
        found[f"QZSEEN{asker}"] = frozenset({asker, "operator_alfa", "planner", "auditor"})
        found[f"QZCASE{asker}"] = frozenset({asker, "operator_alfa", "planner", "auditor"})
        found[f"QZREMARK{asker}"] = frozenset({asker, "planner", "auditor"})
        found[f"QZALONE{asker}"] = frozenset({asker, "planner", "auditor"})  # no part of any case
    found["QZREMARKoperator_alfa"] = frozenset({"operator_alfa", "commune_1", "planner", "auditor"})  # on v1
    return found | planted_plan.WORDS


TOKENS = planted_words()


@dataclass
class Planted:
    """The workspace, its run, headers of each person, and ids: parameter of a path → person → values."""

    workspace: Workspace
    run: str
    people: dict[str, str]
    headers: dict[str, dict[str, str]]
    ids: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, parameter: str, owner: str, value: object) -> None:
        """Note that this id is that person's."""
        self.ids.setdefault(parameter, {}).setdefault(owner, []).append(str(value))


def closed(folder: Path, extra: str = "") -> list[Sent]:
    """Cameras of both communes, stations, fibre and coverage of both operators in both; `extra` ends every word."""
    codes = list(PLACES)
    spots = [Point(PLACES[code]) for code in codes]
    words = {name: [f"QZCAM{code}{name.upper()}{extra}" for code in codes] for name in ("id", "place", "owner")}
    camera = layer_file(
        folder, f"QZ-cameras{extra}", spots, **words, cameras=[3, 4], direction=["90", "180"], view_degrees=[70, 80],
        range_m=[float(f"4{code[-1]}.37591") for code in codes], status=["working"] * 2, status_date=["2025-09-01"] * 2,
    )  # fmt: skip
    return [
        Sent(camera, LAYERS["camera"], "Công an", DAY, "all"),
        *(s for o in ("alfa", "beta") for s in assets(folder, o, extra)),
    ]


def assets(folder: Path, operator: str, extra: str = "") -> list[Sent]:
    """What an operator sends: one of each in both communes."""
    codes, given = list(PLACES), (operator, DAY, "all")
    status = {"status": ["working"] * 2, "status_date": ["2025-09-01"] * 2}
    at = [Point(BETWEEN[code]) for code in codes]
    bts = layer_file(
        folder, f"QZ-bts-{operator}{extra}", at, id=[f"QZBTS{operator}{code}ID{extra}" for code in codes],
        name=[f"QZBTS{operator}{code}NAME{extra}" for code in codes], operator=[operator] * 2, technology=["4G"] * 2,
        **status,
    )  # fmt: skip
    lines = [shapely.LineString([BETWEEN[code], (BETWEEN[code][0] + 0.002, BETWEEN[code][1])]) for code in codes]
    fibre = layer_file(folder, f"QZ-fibre-{operator}{extra}", lines, id=[f"QZFIB{operator}{code}ID{extra}" for code in codes],
                       kind=["cable"] * 2, operator=[operator] * 2, **status)  # fmt: skip
    boxes = [box(x - 0.005, y - 0.005, x + 0.005, y + 0.005) for x, y in BETWEEN.values()]
    cover = layer_file(folder, f"QZ-cover-{operator}{extra}", boxes, id=[f"QZCOV{operator}{code}ID{extra}" for code in codes],
                       operator=[operator] * 2, technology=["4G"] * 2)  # fmt: skip
    per, both = {"operators": (operator,)}, {"operators": (operator,), "technologies": ("4G",)}
    return [Sent(bts, LAYERS["bts"], *given, **both), Sent(fibre, LAYERS["fibre"], *given, **per),
            Sent(cover, LAYERS["coverage"], *given, **both)]  # fmt: skip


def planted(folder: Path) -> Planted:
    """An own copy of everything, but what is done over HTTP."""
    made = once("planted", _planted)
    shutil.copytree(made / "workspace", folder / "workspace")
    told = json.loads((made / "told.json").read_text())
    return Planted(open_workspace(folder / "workspace", Settings(actor="test")), **told)


def _planted(folder: Path) -> None:
    config = make_config(
        "EPSG:5897", {"alfa": "Nhà mạng Alfa", "beta": "Nhà mạng Beta"}, province="Tỉnh Thử", watermark=""
    )
    made = make_workspace(folder / "workspace", config, Settings(actor="test"))
    people = make_people(made)
    people["operator_beta"] = make_person(made, "operator_beta", Post("operator", operator="beta"))
    fill(made, [*senders(folder)[:4], *closed(folder)])
    run = assessed(made, folder)
    publish(made, run, lambda _: None, actor="test", langs=("vi",))
    world = Planted(made, run, people, {"public": {}} | {name: signed_in(made, name) for name in people})
    for plan in planted_plan.plant(made, run):
        world.add("plan", "planner", plan)
    made.close()
    told = {"run": run, "people": people, "headers": world.headers, "ids": world.ids}
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def assessed(made: Workspace, folder: Path) -> str:
    """A run of what is current, by the rules of `served` alone."""
    rules = folder / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    return make_run(made, Asked(rules, DAY, also=""), lambda _: None).run


def client_of(world: Planted) -> TestClient:
    """The service on the workspace, as a client reaches it."""
    app = create_app(Settings(workspace=world.workspace.path, actor="test"), hosts=["testserver"])
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False, follow_redirects=False)


def busy(client, world: Planted) -> None:
    """Filings, verifications, cases, uploads, jobs, photos and app passwords of everybody, over HTTP."""
    for name, account in world.people.items():
        world.add("account", name, account)
        made = sent(client, world, name, "/api/v1/app-passwords", {"label": f"QZKEY{name}", "days": 30})
        world.add("app_password", name, made.get("id") or made.get("app_password"))
        if name not in ("auditor", "admin"):
            upload = posted(
                client, world, name, f"/api/v1/uploads?name=QZFILE{name}.csv", b"id,lon,lat\n1,105.8,20.0\n"
            )
            world.add("upload", name, upload["upload"])
        if name not in ("auditor", "admin", "police"):
            photo = posted(client, world, name, "/api/v1/photos", picture(name))
            world.add("photo", name, photo["id"])
    sending = {
        "commune_1": "wifi",
        "operator_alfa": "bts",
        "operator_beta": "bts",
        "police": "camera",
        "planner": "wifi",
    }
    for name, layer in sending.items():
        more = {"operators": [name.removeprefix("operator_")]} if layer == "bts" else {}
        job = sent(client, world, name, "/api/v1/checks",
                   {"upload": world.ids["upload"][name][0], "layer": layer, "as_of": str(DAY), **more}, (202,))  # fmt: skip
        world.add("job", name, job["id"] if "id" in job else job["job"])
    for name, form in (("commune_1", "geojson"), ("operator_alfa", "xlsx"), ("planner", "gpkg"), ("auditor", "csv")):
        world.add("job", name, sent(client, world, name, "/api/v1/exports", {"formats": [form]}, (202,))["id"])
    work_off(world.workspace)
    disputes(client, world)


def work_off(workspace: Workspace) -> None:
    """Do every job that waits, as a worker's process would."""
    while True:
        with writing(workspace.engine) as session:
            job = jobs.take(session)
            taken = (job.id, job.token) if job else None
        if taken is None:
            return
        assert do(workspace, *taken) == FINISHED


def disputes(client, world: Planted) -> None:
    """Both communes dispute what alfa filed; beta's filing is disputed by nobody."""
    rows = [{"village": v, "service": "mobile", "technology": "4G", "served": True} for v in ("v1", "v2", "v3")]
    for name in ("operator_alfa", "operator_beta"):
        filed = sent(client, world, name, "/api/v1/filings", {"rows": rows})
        world.add("number:filings", name, filed["event"])
    filing = world.ids["number:filings"]["operator_alfa"][0]
    for name, village, claim in (("commune_1", "v1", f"{filing}.1"), ("commune_2", "v3", f"{filing}.3")):
        what = {"village": village, "service": "mobile", "technology": "4G", "connected": "no", "seen_on": str(DAY)}
        noted = sent(client, world, name, "/api/v1/verifications", what | {"operator": "alfa", "note": f"QZSEEN{name}"})
        world.add("number:verifications", name, noted["event"])
        alone = sent(client, world, name, "/api/v1/verifications",
                     what | {"service": "fibre", "technology": "", "note": f"QZALONE{name}"})  # fmt: skip
        world.add("number:verifications", name, alone["event"])
        case = sent(client, world, name, "/api/v1/challenges",
                    {"claim": claim, "reason": "no_signal_at_centre",
                     "evidence": [noted["event"]], "note": f"QZCASE{name}"})  # fmt: skip
        world.add("number:challenges", name, case["challenge"])
    for name, village in (("commune_1", "v1"), ("commune_2", "v3"), ("operator_alfa", "v1")):
        made = sent(client, world, name, "/api/v1/remarks", {"village": village, "text": f"QZREMARK{name}"})
        world.add("number:remarks", name, made["event"])


def picture(name: str) -> bytes:
    """A small JPEG of its own colour."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (NAMES.index(name) * 20, 80, 120)).save(made, "JPEG")
    return made.getvalue()


def sent(client, world: Planted, name: str, path: str, body: dict, expected: tuple[int, ...] = (200, 201)) -> dict:
    """The answer to a JSON body sent by a person."""
    answer = client.post(path, json=body, headers=world.headers[name] | key())
    assert answer.status_code in expected, (path, answer.text)
    return answer.json()


def posted(client, world: Planted, name: str, path: str, content: bytes) -> dict:
    """The answer to a file sent by a person."""
    kind = "image/jpeg" if content[:2] == b"\xff\xd8" else "application/octet-stream"
    answer = client.post(path, content=content, headers=world.headers[name] | key() | {"content-type": kind})
    assert answer.status_code == 201, (path, answer.text)
    return answer.json()


def decoded(content: bytes) -> str:
    """All text in an answer: archives, workbooks, GeoPackages, packed tiles and packed blocks in pages opened."""
    if content[:2] == b"\x1f\x8b":
        return decoded(gzip.decompress(content))
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(name + "\n" + decoded(packed.read(name)) for name in packed.namelist())
    if content[:15] == b"SQLite format 3":
        return rows_of(content)
    text = content.decode("utf-8", "replace")
    if content[:7] == b"PMTiles":
        text += "\n".join(tiles_of(content))
    blocks = re.findall(r"H4sI[A-Za-z0-9+/=]{40,}", text)
    return "\n".join([text, *(decoded(base64.b64decode(block)) for block in blocks)])


def tiles_of(content: bytes) -> list[str]:
    """What is packed inside a PMTiles archive, wherever in it."""
    found = []
    for start in re.finditer(rb"\x1f\x8b\x08", content):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompressobj(31).decompress(content[start.start() :]).decode("utf-8", "replace"))
    return found


def rows_of(content: bytes) -> str:
    """Everything in a database, also what was deleted but still lies in its pages; points in degrees."""
    found = [content.decode("latin-1")]
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(content)
        file.flush()
        opened = sqlite3.connect(file.name)
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            found.append(repr(opened.execute(f'SELECT * FROM "{table}"').fetchall()))  # noqa: S608  names of its own
        opened.close()
    return "\n".join(found)


def leaked(text: str, name: str) -> list[str]:
    """The words in a text that this person may not read."""
    return sorted(word for word, readers in TOKENS.items() if name not in readers and word in text)
