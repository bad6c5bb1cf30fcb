"""Fibre in the Open Fibre Data Standard: written so that the standard's rules hold, read into the layer, checked."""

import copy
import json
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, MultiLineString, Point, box

import geo.layers  # noqa: F401 registers them
from geo.columns import ReadOptions, renamed
from geo.crs import to_store, to_work
from geo.errors import InputError
from geo.layer import LAYERS
from geo.ofds import network_package, ofds_features
from geo.ofds_check import PROBLEMS, ofds_findings
from geo.ofds_rows import HEADERS, fibre_rows, is_ofds
from geo.words import catalogue
from geo.write_ofds import write_ofds, write_ofds_geojson
from tests.conftest import SOUTH, WEST, WORK

FIBRE = LAYERS["fibre"]


def line(*xy):
    return LineString([(WEST + x, SOUTH + y) for x, y in xy])


def spot(x, y):
    return Point(WEST + x, SOUTH + y)


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    facts = {
        "id": ["n1", "n2", "c1", "c2"],
        "kind": ["node", "node", "line", "line"],
        "operator": ["vnpt", "vnpt", "vnpt", "viettel"],
        "underground": pd.array([None, None, True, None], dtype="boolean"),
        "status": ["working", None, "planned", "building"],
    }
    shapes = [spot(0, 0), spot(100, 0), line((0, 0), (100, 0)), line((0, 0), (0, 100))]
    return gpd.GeoDataFrame(facts, geometry=shapes, crs=WORK)


def example(shared, *names):
    path = shared.joinpath("telecom_itu", "ofds", "examples", *names)
    return json.loads(path.read_text(encoding="utf-8"))


def where(package):
    return {n.column.removeprefix("networks/0/") for n in ofds_findings(package)}


def cells(sheet):
    return sheet.cells.where(sheet.cells.notna(), None).to_numpy().tolist()


def test_a_written_package_keeps_the_rules_of_the_standard(frame):
    package, notices = network_package(frame, name="Mạng", as_of=date(2026, 10, 1))
    assert ofds_findings(package) == [] and notices == []
    (network,) = package["networks"]
    assert [(n["id"], n["accessPoint"]) for n in network["nodes"]] == [("n1", True), ("n2", True), ("end-1", False)]
    assert [(s["id"], s["start"], s["end"]) for s in network["spans"]] == [("c1", "n1", "n2"), ("c2", "n1", "end-1")]
    assert [s.get("status") for s in network["spans"]] == ["planned", "underConstruction"]
    assert network["spans"][0]["deployment"] == ["belowGround"] and "deployment" not in network["spans"][1]
    assert network["collectionDate"] == "2026-10-01"


def test_equal_frames_give_equal_files(frame, tmp_path):
    for name in ("a.json", "b.json"):
        write_ofds(frame.copy(), tmp_path / name, name="Mạng")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_what_is_written_is_read_back(frame):
    sheet = fibre_rows(network_package(frame, name="Mạng")[0])
    assert sheet.headers == HEADERS and sheet.cells.index.name == "row"
    assert cells(sheet) == [
        ["n1", "node", "vnpt", None, "working"],
        ["n2", "node", "vnpt", None, None],
        ["c1", "line", "vnpt", True, "planned"],
        ["c2", "line", "viettel", None, "building"],
    ]
    back = to_work(gpd.GeoDataFrame(geometry=sheet.shapes), WORK).geometry.to_numpy()
    assert all(a.equals_exact(b, 0.02) for a, b in zip(back, frame.geometry, strict=True))
    assert [n.code for n in sheet.notices] == ["ofds_not_read"]  # the end node that was added


def test_the_sheet_is_a_fibre_layer_for_the_reader(frame):
    done, notices, _ = renamed(fibre_rows(network_package(frame, name="Mạng")[0]), FIBRE, ReadOptions())
    assert list(done.columns) == ["id", "kind", "operator", "underground", "status"]
    assert {n.code for n in notices} <= {"ofds_not_read"}


def test_what_the_standard_cannot_hold_is_said(frame):
    more = pd.concat([frame, frame.iloc[[0]].set_geometry([box(0, 0, 9, 9)], crs=WORK)], ignore_index=True)
    parts = MultiLineString([line((0, 0), (50, 0)), line((60, 0), (90, 0))])
    more = more.assign(status="broken").set_geometry([*more.geometry[:2], parts, *more.geometry[3:]], crs=WORK)
    package, notices = network_package(more, name="Mạng")
    assert [(n.code, dict(n.values)["count"]) for n in notices] == [
        ("ofds_no_areas", "1"),
        ("ofds_no_status", "5"),
        ("ofds_parts", "1"),
    ]
    assert [s["id"] for s in package["networks"][0]["spans"]] == ["c1/1", "c1/2", "c2"]
    assert ofds_findings(package) == []


def test_parts_of_a_line_that_meet_are_one_span(frame):
    parts = MultiLineString([line((0, 0), (50, 0)), line((50, 0), (90, 0))])
    package, notices = network_package(frame.iloc[[2]].set_geometry([parts], crs=WORK), name="Mạng")
    assert [s["id"] for s in package["networks"][0]["spans"]] == ["c1"] and notices == []


def test_an_added_node_takes_no_id_of_another(frame):
    package, _ = network_package(frame.assign(id=["end-1", "n2", "c1", "c2"]), name="Mạng")
    ids = [n["id"] for n in package["networks"][0]["nodes"]]
    assert ids == ["end-1", "n2", "_end-1"]


def test_a_network_of_nodes_only_and_an_empty_one_are_sound(frame):
    assert ofds_findings(network_package(frame.iloc[:2], name="Mạng")[0]) == []
    assert ofds_findings(network_package(frame.iloc[:0], name="Mạng")[0]) == []


@pytest.mark.parametrize("name", ["network-package", "multiple-networks", "network-separate-files", "api-response"])
def test_sound_examples_of_the_standard_are_accepted(shared, name):
    assert ofds_findings(example(shared, "json", f"{name}.json")) == []


def test_the_invalid_example_is_refused_for_each_of_its_faults(shared):
    assert where(example(shared, "json", "network-package-invalid.json")) == {
        "id", "name", "nodes", "contracts", "publisher", "publicationDate", "accuracy", "accuracyDetails", "website",
        "links/0", "spans/0/id", "spans/0/directed", "spans/0/fibreCount", "spans/0/status",
        "spans/0/transmissionMedium", "spans/0/route", "phases", "crs",
    }  # fmt: skip


def test_the_example_of_additional_checks_is_refused_for_ids_ends_references_and_shapes(shared):
    found = where(example(shared, "json", "network-package-additional-checks.json"))
    assert {"nodes", "spans", "phases", "organisations", "contracts"} <= found  # ids that stand twice
    assert {"spans/0/start", "spans/0/end"} <= found
    assert {"nodes/0/location", "spans/0/route", "nodes/0/internationalConnections/0/country"} <= found
    assert {"spans/0/supplier", "nodes/0/networkProviders", "phases/0/funders", "phases/1/funders"} - found <= {
        "phases/1/funders"
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda n: n.pop("links"), "links"),
        (lambda n: n.pop("crs"), "crs"),
        (lambda n: n["crs"].update(name="EPSG:5897"), "crs"),
        (lambda n: n["spans"][0].update(end="n9"), "spans/0/end"),
        (lambda n: n["nodes"][1].update(id="n1"), "nodes"),
        (lambda n: n["nodes"][0].update(status="working"), "nodes/0/status"),
        (lambda n: n["nodes"][0]["location"].update(coordinates=[500000, 2200000]), "nodes/0/location"),
        (lambda n: n["spans"][0]["route"].update(coordinates=[[105, 19]]), "spans/0/route"),
        (lambda n: n["nodes"].append("x"), None),
        (lambda n: n["nodes"][0].update(accessPoint=1), "nodes/0/accessPoint"),
    ],
)
def test_each_rule_alone_is_noticed(frame, change, place):
    package = copy.deepcopy(network_package(frame, name="Mạng")[0])
    change(package["networks"][0])
    assert where(package) >= ({place} if place else set())


def test_the_example_network_becomes_rows(shared):
    sheet = fibre_rows(example(shared, "json", "network-package.json"))
    # Kumasi (node 2) is no access point; node and span are both called 1
    assert cells(sheet) == [
        ["node-1", "node", "FastWeb", None, "working"],
        ["span-1", "line", "FastWeb", True, "working"],
    ]
    assert sheet.shapes.iloc[0].equals(Point(-0.174, 5.625)) and len(sheet.shapes.iloc[1].coords) == 13
    assert sheet.shapes.crs.to_epsg() == 4326
    assert [n.code for n in sheet.notices] == ["ofds_not_read", "ofds_ids"]


def test_the_geojson_examples_become_the_same_rows(shared):
    nodes = fibre_rows(example(shared, "geojson", "nodes.geojson"))
    spans = fibre_rows(example(shared, "geojson", "spans.geojson"))
    assert cells(nodes) == [["1", "node", "FastWeb", None, "working"]]
    assert cells(spans) == [["1", "line", "FastWeb", True, "working"]]


def test_geojson_of_the_example_package_is_that_of_the_standard(shared):
    found = ofds_features(example(shared, "json", "network-package.json"))
    for name, features in zip(("nodes", "spans"), found, strict=True):
        assert features == example(shared, "geojson", f"{name}.geojson")


def test_geojson_is_written_as_nodes_and_spans(frame, tmp_path):
    write_ofds_geojson(frame, tmp_path, name="Mạng")
    read = {n: json.loads((tmp_path / f"{n}.geojson").read_text(encoding="utf-8")) for n in ("nodes", "spans")}
    assert all(is_ofds(content) for content in read.values())
    assert [len(content["features"]) for content in read.values()] == [3, 2]
    assert cells(fibre_rows(read["spans"]))[0] == ["c1", "line", "vnpt", True, "planned"]


def test_a_broken_package_is_read_as_far_as_it_goes_with_warnings(shared):
    sheet = fibre_rows(example(shared, "json", "network-package-additional-checks.json"))
    assert {n.severity for n in sheet.notices if n.code == "ofds_departs"} == {"warning"}
    assert len([n for n in sheet.notices if n.code == "ofds_departs"]) == 22


def test_several_providers_are_several_rows_and_networks_tell_their_ids_apart():
    firms = [{"id": "a", "name": "A"}, {"id": "b"}]
    node = {"id": "1", "location": {"type": "Point", "coordinates": [105, 19]}, "networkProviders": firms}
    package = {"networks": [{"id": "x", "nodes": [node]}, {"id": "y", "nodes": [{"id": "1"}]}]}
    assert [row[:3] for row in cells(fibre_rows(package))] == [
        ["x/1", "node", "A"],
        ["x/1", "node", "b"],
        ["y/1", "node", None],
    ]


def test_other_crs_and_other_json_are_refused():
    network = {"id": "x", "nodes": [{"id": "1"}], "crs": {"name": "VN-2000", "uri": "EPSG:5897"}}
    with pytest.raises(InputError, match="EPSG:5897") as refused:
        fibre_rows({"networks": [network]})
    assert refused.value.code == "ofds_crs"
    with pytest.raises(InputError, match="Open Fibre Data"):
        fibre_rows({"networks": []})
    assert not is_ofds({"type": "FeatureCollection", "features": [{"properties": {"featureType": "x"}}]})
    assert not is_ofds([]) and not is_ofds({"type": "FeatureCollection", "features": []})


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [1], {"a": 1}])
@pytest.mark.parametrize("field", ["id", "nodes", "spans", "crs", "links", "organisations", "phases"])
def test_odd_values_are_findings_and_never_break_the_reader(frame, field, odd):
    package = copy.deepcopy(network_package(frame, name="Mạng")[0])
    package["networks"][0][field] = odd
    assert isinstance(ofds_findings(package), list)
    try:
        fibre_rows(package)
    except InputError as refused:
        assert refused.code in ("ofds_crs", "ofds_no_package")  # only these two


@pytest.mark.parametrize("odd", [None, 5, "x", [], [None], {}, {"type": "Point"}, {"type": 3, "coordinates": "x"}])
@pytest.mark.parametrize("field", ["id", "route", "start", "networkProviders", "deployment", "status", "phase",
                                   "transmissionMedium", "physicalInfrastructureProvider"])  # fmt: skip
def test_odd_values_in_a_span_are_findings_too(frame, field, odd):
    package = copy.deepcopy(network_package(frame, name="Mạng")[0])
    package["networks"][0]["spans"][0][field] = odd
    assert isinstance(ofds_findings(package), list)
    assert len(fibre_rows(package).cells) in (3, 4)


def test_every_message_is_translated():
    assert set(PROBLEMS.values()) <= set(catalogue("vi"))


def test_positions_are_degrees(frame):
    package, _ = network_package(frame, name="Mạng")
    lon, lat = package["networks"][0]["nodes"][0]["location"]["coordinates"]
    real = to_store(frame).geometry.iloc[0]
    assert (lon, lat) == (round(real.x, 7), round(real.y, 7))
