"""A generated province in a workspace, imported, assessed and published by the product, and the same in PostGIS."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from api.assessing import Asked, make_run
from api.importing import import_file
from api.opening import Sent
from api.publication.publishing import publish
from api.settings import Settings
from api.workspace import make_config, make_workspace
from benchmarks import province
from geo.crs import to_store
from geo.layer import LAYERS

VINTAGE, DAY = date(2025, 7, 1), date(2025, 10, 1)
COMMUNES = 166
RULES = """
id: generated
title: {vi: Bộ đo, en: Benchmark set}
legal: không có
valid_from: 2025-01-01
criteria:
  - id: wifi
    indicator: wifi_public_count
    confidence: {item: D, threshold: D}
    village: {at_least: 1}
    commune: {at_least: 1}
"""


def villages(count: int) -> gpd.GeoDataFrame:
    """Villages with what a register says of them; their communes are `COMMUNES` at most, in rows of villages."""
    made = province.villages(count)
    number = np.arange(len(made))
    commune = number * min(COMMUNES, len(made)) // len(made)
    return made.reset_index(names="code").assign(
        name=[f"Thôn Hoằng Đông {n}" for n in number], commune_code=[f"{14_000 + c}" for c in commune],
        people=number % 900 + 100, households=number % 200 + 25,
    )  # fmt: skip


def communes(of: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The communes that those villages tile."""
    made = of[["commune_code", "geometry"]].dissolve("commune_code").reset_index(names="code")
    return made.assign(name=[f"Xã Hoằng Tiến {code}" for code in made["code"]])


def workspace(folder: Path, count: int) -> Path:
    """Folder of a workspace with a published run over `count` villages."""
    path = folder / "workspace"
    made = make_workspace(path, make_config(province.CRS, {"alfa": "Alfa"}), Settings(actor="benchmark"))
    lived_in = villages(count)
    facts = {"free": True, "status": "working", "status_date": "2025-09-01"}
    spots = province.points(count // 4).assign(id=lambda f: [f"w{n}" for n in range(len(f))], **facts)
    files = {"commune": communes(lived_in), "village": lived_in.drop(columns="commune"), "wifi": spots}
    for layer, frame in files.items():
        file = folder / f"{layer}.gpkg"
        frame.to_file(file, driver="GPKG")
        complete = None if LAYERS[layer].unit else "all"
        sent = Sent(file, LAYERS[layer], "Sở", DAY, complete, VINTAGE)
        done = import_file(made, sent, lambda _: None, accept_good_rows=layer == "wifi")
        if done.kept is None:
            raise RuntimeError([n.text("en") for n in done.notices][:3])
    rules = folder / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    run = make_run(made, Asked(rules, DAY, also=""), lambda _: None).run
    publish(made, run, lambda _: None, actor="benchmark", langs=("vi",))
    made.close()
    return path


def into_postgis(url: str, count: int) -> None:
    """The villages as a table with a spatial index, for tipg."""
    shown = to_store(villages(count))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(
            "CREATE TABLE villages (code text PRIMARY KEY, name text, commune_code text, people int, households int, "
            "geom geometry(Geometry, 4326))"
        )
        copy = "COPY villages (code, name, commune_code, people, households, geom) FROM STDIN"
        with connection.cursor().copy(copy) as rows:
            wkb = shapely.to_wkb(shapely.set_srid(shown.geometry.to_numpy(), 4326), hex=True, include_srid=True)
            facts = shown[["code", "name", "commune_code", "people", "households"]].to_numpy()
            for fact, shape in zip(facts, wkb, strict=True):
                rows.write_row([*fact, shape])
        connection.execute("CREATE INDEX ON villages USING gist (geom)")
        connection.execute("ANALYZE villages")
