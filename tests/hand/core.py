"""The layers and indicators of the main job."""

import numpy as np
import pandas as pd
from conftest import cells, equipment, rows, spot

from hand import Case

YES = pd.array([True, True], dtype="boolean")


def layers(rng, extra: int = 0) -> dict[str, pd.DataFrame]:
    """Every layer with a few rows; `extra` adds rows to equipment and coverage."""

    def spread(n):
        return [spot(x, y) for x, y in zip(rng.uniform(0, 600, n), rng.uniform(0, 300, n), strict=True)]

    def ids(n):
        return [str(i) for i in range(n)]

    centres = [spot(50, 150), spot(150, 150), spot(250, 150), spot(450, 150)]
    clusters = [spot(50, 50), spot(150, 50), spot(150, 250), spot(250, 250), spot(450, 50)]
    n = 6 + extra
    boxes = [cells(*rng.uniform(0, 5, 2), 1, 1) for _ in range(4 + extra)]
    nodes = equipment([*spread(3 + extra), *[cells(0, 0, 1 + extra, 1)]], id=ids(4 + extra), operator="x",
                      kind=["node"] * (3 + extra) + ["served_area"])  # fmt: skip
    table = pd.DataFrame(rows([None] * 4, commune_named=["k", "l", "k", "k"]).drop(columns="geometry"))
    return {
        "village_centre": rows(centres, id=ids(4), village_named=list("abcd"), kind="cultural_house"),
        "cluster": rows(clusters, id=ids(5), village_named=list("abbcd"), households=[4.0, 3.0, 2.0, 6.0, 2.0]),
        "coverage": rows(boxes, id=ids(len(boxes)), operator="x", technology="4G"),
        "bts": equipment(spread(n), id=ids(n), operator="x", technology="4G"),
        "fibre": nodes,
        "wifi": equipment(spread(n), id=ids(n), free=pd.array([True] * n, dtype="boolean"), place="office"),
        "camera": equipment(spread(n), id=ids(n), cameras=pd.array([2] * n, dtype="Int64")),
        "loudspeaker": equipment(spread(n), id=ids(n), speakers=pd.array([1] * n, dtype="Int64")),
        "declared_item": table.assign(item=["off_lan", "off_lan", "off_computers", "cam_key_places"], value=[1.0, 0, 20, 3],
                                      of=[np.nan, np.nan, 22, 4], period="202506", evidence="bb.pdf"),
    }  # fmt: skip


def located(**more) -> dict[str, pd.DataFrame]:
    """The centres and clusters of `layers`, which are the same for every seed, and more."""
    return {n: f for n, f in layers(np.random.default_rng(7)).items() if n in ("village_centre", "cluster")} | more


CASES = [
    Case("cam_count", lambda: located(camera=equipment([spot(50, 50), spot(60, 60)], cameras=pd.array([2, 3], dtype="Int64"))), "a", 5),
    Case("cam_point_count", lambda: located(camera=equipment([spot(50, 50), spot(60, 60)], cameras=pd.array([2, 3], dtype="Int64"))), "a", 2),
    Case("wifi_public_count", lambda: located(wifi=equipment([spot(50, 50), spot(350, 60)], free=YES)), "a", 1),
    Case("bts_count", lambda: located(bts=equipment([spot(50, 50), spot(60, 60)], operator="x", technology="4G")), "a", 2),
    Case("loa_village_share", lambda: located(loudspeaker=equipment([spot(50, 50)], speakers=pd.array([0], dtype="Int64"))), "a", 0),
    Case("nearest_wifi_m", lambda: located(wifi=equipment([spot(50, 450), spot(50, 950)], free=YES)), "a", 300, 1e-3),
    Case("nearest_bts_m", lambda: located(bts=equipment([spot(350, 150)], operator="x", technology="4G")), "a", 300, 1e-3),
    Case("nearest_fibre_node_m", lambda: located(fibre=equipment([spot(50, 50)], operator="x", kind="node")), "a", 100, 1e-3),
    Case("fix_village_fibre", lambda: located(fibre=equipment([spot(50, 50)], operator="x", kind="node")), "a", 1),
    Case("mob_village_not_blank", lambda: located(coverage=rows([cells(-9, -9, 40, 40)], operator="x", technology="4G")), "a", 1),
    Case("mob_village_hollow", lambda: located(coverage=rows([cells(-9, -9, 40, 11)], operator="x", technology="4G")), "b", 1),
    Case("mob_household_share", lambda: located(coverage=rows([cells(0, 0, 9, 1)], operator="x", technology="4G")), "b", 3 / 5),
    Case("fix_household_passed", lambda: located(fibre=equipment([cells(0, 0, 9, 1)], operator="x", kind="served_area")), "b", 3 / 5),
    Case("wifi_nvh_share", lambda: located(wifi=equipment([spot(50, 200)], free=YES[:1], place="office")), "a", 1),
]  # fmt: skip
