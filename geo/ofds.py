"""A fibre layer as a network package of the Open Fibre Data Standard 0.3, and as GeoJSON of its nodes and spans.

Positions are WGS 84, longitude and latitude, at 1e-7 degrees. A span ends at nodes: where the layer has none there, an
end node that is no access point is added. Served areas have no place in the standard.
"""

import copy
import json
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_store
from geo.line_ends import SAME_M
from geo.notices import Notice
from geo.ofds_check import CRS84, SCHEMA

STATUS = {"working": "operational", "building": "underConstruction", "planned": "planned", "stopped": "decommissioned"}
AREAS = "{count} served areas were left out: the Open Fibre Data Standard has nodes and spans only"
BROKEN = "{count} rows are “hỏng”; the Open Fibre Data Standard has no such status, so theirs was left out"
PARTS = "lines of several parts became one span for each part, {count} more spans than lines"
Json = dict[str, Any]


def network_package(frame: gpd.GeoDataFrame, *, name: str, as_of: date | None = None) -> tuple[Json, list[Notice]]:
    """The package with one network of all nodes and lines of a fibre frame, and what of it was left out.

    `as_of` is the day of the data. Equal frames give equal packages. Lines that end within 5 cm of a node end at it.
    """
    size = shapely.get_dimensions(frame.geometry.to_numpy())
    points, lines = frame[size == 0], _single_lines(frame[size == 1])
    start, end, added = _end_nodes(points, lines)
    nodes = [*_nodes(points), *_added_nodes(added, frame)]
    spans = _spans(lines, start, end)
    network: Json = {"id": str(uuid5(NAMESPACE_URL, json.dumps([name, nodes, spans]))), "name": name}
    network |= {"nodes": nodes} if nodes else {}
    network |= {"spans": spans} if spans else {}
    firms = sorted(set(frame["operator"].dropna()))
    network |= {"organisations": [{"id": f, "name": f, "roles": ["networkProvider"]} for f in firms]} if firms else {}
    network |= {"collectionDate": as_of.isoformat()} if as_of else {}
    network |= {"crs": dict(CRS84), "language": "vi", "links": [{"rel": "describedby", "href": SCHEMA}]}
    return {"networks": [network]}, _left_out(frame, size, len(lines))


def ofds_features(package: Json) -> tuple[Json, Json]:
    """The nodes and the spans of a package as GeoJSON, as the standard says: references replaced by what they name."""
    nodes, spans = [], []
    for network in package["networks"]:
        about = {k: v for k, v in network.items() if k not in ("nodes", "spans", "phases", "organisations")}
        firms = {f["id"]: f for f in network.get("organisations", [])}
        phases = {
            p["id"]: p | ({"funders": [firms.get(f["id"], f) for f in p["funders"]]} if "funders" in p else {})
            for p in network.get("phases", [])
        }
        if "contracts" in about:
            about["contracts"] = [_contract(c, phases) for c in about["contracts"]]
        by_id = {n["id"]: n for n in network.get("nodes", [])}
        nodes += [_feature(n, "location", firms, phases, about) for n in network.get("nodes", [])]
        ended = [s | {e: by_id[s[e]] for e in ("start", "end") if s.get(e) in by_id} for s in network.get("spans", [])]
        spans += [_feature(s, "route", firms, phases, about) for s in ended]
    return _collection(nodes), _collection(spans)


def _feature(item: Json, shape: str, firms: Json, phases: Json, network: Json) -> Json:
    facts = {k: v for k, v in item.items() if k != shape}
    for name in ("physicalInfrastructureProvider", "phase"):
        known = phases if name == "phase" else firms
        if name in facts:
            facts[name] = known.get(facts[name].get("id"), facts[name])
    if "networkProviders" in facts:
        facts["networkProviders"] = [firms.get(f.get("id"), f) for f in facts["networkProviders"]]
    facts |= {"network": network, "featureType": "node" if shape == "location" else "span"}
    return {"type": "Feature", "geometry": item.get(shape), "properties": copy.deepcopy(facts)}


def _contract(contract: Json, phases: Json) -> Json:
    """The contract with its phases in full, as the standard has it in features."""
    related = [phases.get(p["id"], p) for p in contract.get("relatedPhases", [])]
    return contract | ({"relatedPhases": related} if related else {})


def _collection(features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "features": features}


def _single_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The lines, those of several parts joined where they meet, else one row for each part with /1, /2 … to its id."""
    merged = lines.set_geometry(gpd.GeoSeries(shapely.line_merge(lines.geometry.to_numpy()), lines.index, lines.crs))
    kept = merged.geometry.where(merged.geom_type == "LineString", lines.geometry)  # merging may turn a line round
    parts = merged.set_geometry(kept.where(lines.geom_type != "LineString", lines.geometry))
    single = parts.explode(index_parts=True)
    nth = single.index.get_level_values(-1).to_numpy()
    several = single["id"].duplicated(keep=False).to_numpy()
    ids = np.where(
        several, single["id"].astype(str) + "/" + pd.Series(nth + 1, index=single.index).astype(str), single["id"]
    )
    return single.assign(id=ids).reset_index(drop=True)  # fmt: skip


def _end_nodes(
    points: gpd.GeoDataFrame, lines: gpd.GeoDataFrame
) -> tuple[list[str], list[str], dict[str, shapely.Point]]:
    """Id of the node at the start and at the end of each line, and the nodes that had to be added."""
    spots, ids = points.geometry.to_numpy(), list(points["id"].astype(str))
    tree = shapely.STRtree(spots)
    taken, added = {*ids, *lines["id"].astype(str)}, dict[str, shapely.Point]()
    places: dict[tuple[float, float], str] = {}
    found: dict[int, list[str]] = defaultdict(list)
    for which in (0, -1):
        for tip in shapely.get_point(lines.geometry.to_numpy(), which):
            near = tree.query_nearest(tip, max_distance=SAME_M, all_matches=False) if len(spots) else []
            at = (round(tip.x, 2), round(tip.y, 2))
            if len(near):
                places[at] = ids[int(near[0])]
            elif at not in places:
                places[at] = _free(f"end-{len(added) + 1}", taken)
                added[places[at]] = tip
                taken.add(places[at])
            found[which].append(places[at])
    return found[0], found[-1], added


def _free(wanted: str, taken: set[str]) -> str:
    """The id, with an underline in front for as long as something else has it."""
    while wanted in taken:
        wanted = f"_{wanted}"
    return wanted


def _nodes(points: gpd.GeoDataFrame) -> list[Json]:
    shapes = _geojson(points.geometry)
    return [
        {"id": str(row.id), **_facts(row), "location": shape, "accessPoint": True}
        for row, shape in zip(points.itertuples(), shapes, strict=True)
    ]


def _added_nodes(added: dict[str, shapely.Point], frame: gpd.GeoDataFrame) -> list[Json]:
    shapes = _geojson(gpd.GeoSeries(list(added.values()), crs=frame.crs))
    return [{"id": i, "location": s, "accessPoint": False} for i, s in zip(added, shapes, strict=True)]


def _spans(lines: gpd.GeoDataFrame, start: list[str], end: list[str]) -> list[Json]:
    spans = []
    for row, shape, first, last in zip(lines.itertuples(), _geojson(lines.geometry), start, end, strict=True):
        span = {"id": str(row.id), **_facts(row), "start": first, "end": last, "directed": False, "route": shape}
        under = getattr(row, "underground", None)
        if not pd.isna(under):
            span["deployment"] = ["belowGround" if under else "aboveGround"]
        spans.append(span | {"transmissionMedium": ["fibre"]})
    return spans


def _facts(row: Any) -> Json:  # noqa: ANN401 # a row as a named tuple of its columns
    """Status and operator, as far as the row says them."""
    status, operator = STATUS.get(getattr(row, "status", None) or ""), row.operator
    facts: Json = {"status": status} if status else {}
    return facts | ({} if pd.isna(operator) else {"networkProviders": [{"id": operator, "name": operator}]})


def _geojson(shapes: gpd.GeoSeries) -> list[Json]:
    """The shapes as GeoJSON objects in longitude and latitude."""
    placed = to_store(gpd.GeoDataFrame(geometry=shapes)).geometry.to_numpy()
    rounded = shapely.transform(shapely.force_2d(placed), lambda xy: np.round(xy, 7))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _left_out(frame: gpd.GeoDataFrame, size: "np.ndarray[Any, np.dtype[np.int64]]", spans: int) -> list[Notice]:
    areas, more = int((size == 2).sum()), spans - int((size == 1).sum())
    broken = int((frame["status"] == "broken").sum()) if "status" in frame else 0
    found = []
    if areas:
        found.append(Notice("ofds_no_areas", "warning", AREAS, values=(("count", str(areas)),)))
    if broken:
        found.append(Notice("ofds_no_status", "warning", BROKEN, values=(("count", str(broken)),)))
    if more:
        found.append(Notice("ofds_parts", "info", PARTS, values=(("count", str(more)),)))
    return found
