"""From data of the Open Fibre Data Standard, JSON or GeoJSON, to rows of the layer `fibre`."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.columns import Sheet
from geo.crs import STORE
from geo.notices import Notice
from geo.ofds_check import CRS84, ofds_findings
from geo.unusable import unusable

Json = dict[str, Any]
HEADERS = ("id", "kind", "operator", "underground", "status")
STATUS = {
    "operational": "working", "underConstruction": "building", "inactive": "building", "planned": "planned",
    "proposed": "planned", "decommissioned": "stopped",
}  # fmt: skip  # inactive: built, not yet in operation
LEFT_OUT = "{nodes} nodes that are no access points and {spans} spans that are not of fibre were not read"
PREFIXED = "nodes and spans share ids, so their ids were read with node- or span- in front"


class Item(NamedTuple):
    """A node or a span of a network: which (`node`, `line`), its fields, its geometry as GeoJSON."""

    kind: str
    network: str
    fields: Json
    shape: object


def is_ofds(content: object) -> bool:
    """Whether JSON is a network package, or GeoJSON of its nodes or spans."""
    if not isinstance(content, dict):
        return False
    if isinstance(content.get("networks"), list):
        return True
    features = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(features, list) or not features:
        return False
    facts = [f.get("properties") if isinstance(f, dict) else None for f in features]
    return all(isinstance(p, dict) and p.get("featureType") in ("node", "span") for p in facts)


def fibre_rows(content: Json) -> Sheet:
    """A table with `HEADERS` and shapes in WGS 84: each access node and each span of fibre, per network provider.

    A row with several providers stands once for each; nodes come before spans. Where the package breaks rules of the
    standard the first of them are told as warnings. Raise `InputError` where it is none, or in another CRS.
    """
    items = list(_features(content) if "features" in content else _package(content))
    nodes = [i for i in items if i.kind == "node" and i.fields.get("accessPoint") is not False]
    spans = [i for i in items if i.kind == "line" and _of_fibre(i.fields)]
    lost = sum(i.kind == "node" for i in items) - len(nodes), sum(i.kind == "line" for i in items) - len(spans)
    shared = {_id(i) for i in nodes} & {_id(i) for i in spans} - {""}
    several = len({i.network for i in items}) > 1
    kept = [(item, firm) for item in (*nodes, *spans) for firm in _providers(item.fields)]
    rows = pd.RangeIndex(1, len(kept) + 1, name="row")
    cells = pd.DataFrame(
        [[_named(i, several, bool(shared)), i.kind, firm, *_facts(i.fields)] for i, firm in kept],
        index=rows,
        columns=range(len(HEADERS)),
        dtype=object,
    )
    texts = [json.dumps(i.shape) if isinstance(i.shape, dict) else None for i, _ in kept]
    shapes = gpd.GeoSeries(shapely.from_geojson(texts, on_invalid="ignore"), index=rows, crs=STORE)
    return Sheet(HEADERS, cells, shapes, (*_departures(content), *_said(lost, bool(shared))), format="ofds")


def _package(content: Json) -> Iterator[Item]:
    """Nodes and spans of every network of a package."""
    networks = content.get("networks")
    if not isinstance(networks, list) or not networks:
        raise unusable(
            "this is no Open Fibre Data package: an object with a list “networks” of at least one is expected",
            code="ofds_no_package",
        )
    for network in (n for n in networks if isinstance(n, dict)):
        _check_crs(network)
        for kind, listed, shape in (("node", "nodes", "location"), ("line", "spans", "route")):
            found = network.get(listed)
            for item in found if isinstance(found, list) else []:
                if isinstance(item, dict):
                    yield Item(kind, str(network.get("id", "")), item, item.get(shape))


def _features(content: Json) -> Iterator[Item]:
    """Nodes or spans that are features of GeoJSON."""
    for feature in content["features"]:
        facts = feature["properties"]
        network = facts.get("network")
        network = network if isinstance(network, dict) else {}
        _check_crs(network)
        kind = "node" if facts["featureType"] == "node" else "line"
        yield Item(kind, str(network.get("id", "")), facts, feature.get("geometry"))


def _check_crs(network: Json) -> None:
    """Raise `InputError` where a network says another CRS than longitude and latitude in WGS 84."""
    crs = network.get("crs")
    said = crs.get("uri", crs.get("name")) if isinstance(crs, dict) else crs
    if said is not None and said not in CRS84.values():
        raise unusable(
            "network {network} says CRS {crs}, but the Open Fibre Data Standard is longitude and latitude in WGS 84; "
            "convert it, or send a GeoPackage",
            code="ofds_crs", network=str(network.get("id", ""))[:80], crs=str(said)[:80],
        )  # fmt: skip


def _providers(fields: Json) -> list[str | None]:
    """Names of the network providers, or their ids; one None where none is said."""
    listed = fields.get("networkProviders")
    firms = [f for f in listed if isinstance(f, dict)] if isinstance(listed, list) else []
    named = [str(f.get("name", f.get("id", ""))) for f in firms]
    return list(dict.fromkeys(n for n in named if n)) or [None]


def _id(item: Item) -> str:
    given = item.fields.get("id")
    return "" if given is None else str(given)


def _named(item: Item, several: bool, shared: bool) -> str | None:
    """The id within the sheet: with its network where there are several, and its kind where both kinds share ids."""
    if not _id(item):
        return None
    own = f"{'node' if item.kind == 'node' else 'span'}-{_id(item)}" if shared else _id(item)
    return f"{item.network}/{own}" if several else own


def _of_fibre(fields: Json) -> bool:
    """Whether a span is of fibre, or does not say of what."""
    media = fields.get("transmissionMedium")
    return "fibre" in media if isinstance(media, list) and media else True


def _facts(fields: Json) -> tuple[bool | None, str | None]:
    """Whether a span lies below ground (not said where it is both or neither), and the status."""
    found = fields.get("deployment")
    places = {p for p in ("aboveGround", "belowGround") if isinstance(found, list) and p in found}
    under = places == {"belowGround"} if len(places) == 1 else None
    return under, STATUS.get(str(fields.get("status")))


def _departures(content: Json) -> list[Notice]:
    """The broken rules of a package, as warnings: rows that can be used are read all the same."""
    found = ofds_findings(content) if "networks" in content else []
    return [Notice("ofds_departs", "warning", n.message, 0, "", n.column, n.value, n.values) for n in found]


def _said(lost: tuple[int, int], shared: bool) -> list[Notice]:
    notices = []
    if any(lost):
        values = (("nodes", str(lost[0])), ("spans", str(lost[1])))
        notices.append(Notice("ofds_not_read", "info", LEFT_OUT, values=values))
    if shared:
        notices.append(Notice("ofds_ids", "info", PREFIXED))
    return notices
