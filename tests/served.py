"""Two communes and three villages with equipment that the public may not see, imported by the product itself.

Names hold what a browser, a template or a spreadsheet might run; `SECRETS` stand in every closed layer.
"""

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
from once import once
from shapely import Point, box

import geo.layers  # noqa: F401
from api.assessing import Asked, make_run
from api.database import writing
from api.events import RunPublished
from api.importing import import_file
from api.opening import Sent
from api.publication.publications import say_published
from api.settings import Settings
from api.workspace import Workspace, make_config, make_workspace, open_workspace
from geo.layer import LAYERS

VINTAGE, DAY = date(2025, 7, 1), date(2025, 10, 1)
XSS, TEMPLATE, FORMULA = "<script>window.__xss=1</script>", "{{7*7}}", "=1+1"
SECRETS = ("CAM-TOKEN-77", "BTS-TOKEN-88", "105.812345", "secret-cameras", "secret-stations")
RULES = """
id: served
title: {vi: Bộ thử, en: Toy set}
legal: không có
valid_from: 2025-01-01
criteria:
  - {id: wifi, indicator: wifi_public_count, confidence: {item: B, threshold: C}, village: {at_least: 1}, commune: {at_least: 1}, province: {roll_up: communes_passing, at_least: "100 %"}}
  - {id: cameras, indicator: cam_count, confidence: {item: A, threshold: A}, village: {}, commune: {}, province: {roll_up: sum}}
  - {id: station, indicator: nearest_bts_m, confidence: {item: A, threshold: A}, technologies: [4G], village: {}}
"""


def unit(west: float, width: float = 0.1):
    """A box of degrees in the middle of Thanh Hóa."""
    return box(west, 20.0, west + width, 20.1)


def layer_file(folder: Path, stem: str, geometry: list, **columns: list) -> Path:
    """A GeoJSON as a sender would give it."""
    path = folder / f"{stem}.geojson"
    gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    return path


def senders(folder: Path) -> list[Sent]:
    """What is imported: units, open Wi-Fi complete everywhere, closed cameras and stations of one operator."""
    commune = layer_file(
        folder, "communes", [unit(105.8), unit(105.9)], code=["00001", "00002"], name=["Xã Hoằng Một", f"Xã {XSS}"],
        former_district=["Huyện A", "Huyện B"], people=[300, 700], households=[70, 170],
    )  # fmt: skip
    village = layer_file(
        folder, "villages", [unit(105.8, 0.05), unit(105.85, 0.05), unit(105.9)], code=["v1", "v2", "v3"],
        name=["Thôn Đông", TEMPLATE, FORMULA], commune_code=["00001", "00001", "00002"], people=[100, 200, 700],
        households=[20, 50, 170],
    )  # fmt: skip
    wifi = layer_file(folder, "wifi", [Point(105.82, 20.05)], id=["w1"], free=[True], status=["working"],
                      status_date=["2025-09-01"])  # fmt: skip
    centre = layer_file(
        folder, "centres", [Point(105.825, 20.05), Point(105.875, 20.05), Point(105.95, 20.05)], id=["c1", "c2", "c3"],
        village_code=["v1", "v2", "v3"],
    )  # fmt: skip
    camera = layer_file(
        folder, "secret-cameras", [Point(105.812345, 20.05)], id=["CAM-TOKEN-77"], place=["CAM-TOKEN-77"], cameras=[3],
        owner=["CAM-TOKEN-77"], status=["working"], status_date=["2025-09-01"],
    )  # fmt: skip
    bts = layer_file(
        folder, "secret-stations", [Point(105.812345, 20.05)], id=["BTS-TOKEN-88"], name=["BTS-TOKEN-88"],
        operator=["alfa"],
        technology=["4G"], status=["working"], status_date=["2025-09-01"],
    )  # fmt: skip
    return [
        Sent(commune, LAYERS["commune"], "Sở", DAY, vintage=VINTAGE),
        Sent(village, LAYERS["village"], "Sở", DAY, vintage=VINTAGE),
        Sent(centre, LAYERS["village_centre"], "Sở", DAY, "all", VINTAGE),
        Sent(wifi, LAYERS["wifi"], "Sở KH&CN", DAY, "all", VINTAGE),
        Sent(camera, LAYERS["camera"], "Công an", DAY, "all", VINTAGE),
        Sent(bts, LAYERS["bts"], "alfa", DAY, "all", VINTAGE, operators=("alfa",), technologies=("4G",)),
    ]


def empty_workspace(folder: Path) -> Workspace:
    """A workspace that nothing was imported into."""
    config = make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa"}, province="Tỉnh Thử", watermark="")
    return make_workspace(folder, config, Settings(actor="test"))


def fill(workspace: Workspace, sent: list[Sent]) -> None:
    """Import files, each of which must be taken whole."""
    for one in sent:
        done = import_file(workspace, one, lambda _: None)
        assert done.kept is not None, [n.text("en") for n in done.notices]


def assess_it(workspace: Workspace, folder: Path, day: date = DAY, also: str = "") -> str:
    """Id of a run by `RULES`, and by `also` beside them."""
    rules = folder / "served.yaml"
    rules.write_text(RULES, encoding="utf-8")
    run = make_run(workspace, Asked(rules, day, also=also), lambda _: None).run
    announce(workspace, run)
    return run


def announce(workspace: Workspace, run: str) -> None:
    """Let the public see a run, without the folder of files that `api.publication.publishing` makes."""
    with writing(workspace.engine) as session:
        say_published(session, "test", RunPublished(run=run, files_sha256="0" * 64))


def filled(folder: Path) -> Workspace:
    """An own copy of the workspace with all `senders`."""
    shutil.copytree(once("filled", _filled) / "workspace", folder / "workspace")
    return open_workspace(folder / "workspace", Settings(actor="test"))


def served(folder: Path) -> tuple[Workspace, str]:
    """An own copy of the workspace with all `senders` and one run, and that run."""
    made = once("served", _served)
    shutil.copytree(made / "workspace", folder / "workspace")
    return open_workspace(folder / "workspace", Settings(actor="test")), (made / "run").read_text()


def _filled(folder: Path) -> None:
    made = empty_workspace(folder / "workspace")
    fill(made, senders(folder))
    made.close()


def _served(folder: Path) -> None:
    made = filled(folder)
    (folder / "run").write_text(assess_it(made, folder))
    made.close()
