"""Vector tiles: every unit at the deepest zoom, neighbours without slivers, only what is open, as OGC API Tiles has it."""

import gzip
import warnings

import geopandas as gpd
import pyogrio
import pytest
import shapely
from province import province
from published import world
from served import SECRETS

from api.publication.published_files import run_folder
from api.publication.published_now import forget
from api.publication.publishing import publish, withdraw
from api.publication.tile_layers import is_open
from api.publication.tiles import only_layer, open_tiles
from geo.layer import LAYERS
from maps.vector_tiles import TileLayer, deepest, unit_degrees, write_tiles

pytestmark = pytest.mark.xdist_group("published")
MVT = "application/vnd.mapbox-vector-tile"
GRID = "/ogc/tiles/WebMercatorQuad"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return world(tmp_path_factory)


@pytest.fixture
def client(published):
    return published.client


def decoded(content: bytes, tmp_path, layer: str) -> gpd.GeoDataFrame:
    """One layer of one unpacked tile."""
    path = tmp_path / "tile.pbf"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a tile alone has no place on earth
        return pyogrio.read_dataframe(path, layer=layer)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Villages and communes of a made-up province in tiles: (villages, communes, what was written, file)."""
    villages, communes = province(communes=6, villages=120, detail=2)
    path = tmp_path_factory.mktemp("tiles") / "tiles.pmtiles"
    frames = [f[["name", "geometry"]].assign(id=f.index.astype(str)) for f in (communes, villages)]
    layers = [TileLayer("communes", "Xã", frames[0], 5, shared=True), TileLayer("villages", "Thôn", frames[1], 7, True)]
    return villages, communes, write_tiles(path, layers, {"name": "Thử"}), path


def test_every_unit_is_in_the_tiles_of_the_deepest_zoom(made):
    villages, communes, written, path = made
    assert written.features == {"communes": 6, "villages": 120}
    for layer, units in (("villages", villages), ("communes", communes)):
        found = pyogrio.read_dataframe(path, layer=layer)
        assert set(found["id"]) == set(units.index)


def test_neighbours_leave_no_gaps_and_do_not_overlap_at_any_zoom(made):
    _, communes, written, path = made
    whole = communes.to_crs("EPSG:3857").geometry.area.sum()
    for zoom in (written.first + 2, 9, written.last):
        found = pyogrio.read_dataframe(path, layer="villages", ZOOM_LEVEL=str(zoom)).geometry
        unit = 40_075_017 / 2**zoom / 4096
        outline = found.union_all()
        assert abs(found.area.sum() - outline.area) / whole < 0.001, zoom  # clipped tiles meet at their edges
        holes = [shapely.Polygon(r) for part in shapely.get_parts(outline) for r in part.interiors]
        assert sum(hole.area > 40 * unit**2 for hole in holes) == 0, zoom


def test_a_broken_area_is_still_there_at_the_deepest_zoom(tmp_path):
    bow = shapely.Polygon([(105.8, 20), (105.9, 20.1), (105.9, 20), (105.8, 20.1)])
    speck = shapely.box(105.7, 20, 105.7 + 1e-9, 20 + 1e-9)
    frame = gpd.GeoDataFrame({"id": ["bow", "speck", "none"]}, geometry=[bow, speck, None], crs="EPSG:4326")
    written = write_tiles(tmp_path / "t.pmtiles", [TileLayer("villages", "", frame, 7, shared=True)], {})
    assert set(pyogrio.read_dataframe(tmp_path / "t.pmtiles", layer="villages")["id"]) == {"bow", "speck"}
    assert written.features == {"villages": 2}


def test_no_place_at_all_is_an_error(tmp_path):
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[None], crs="EPSG:4326")
    with pytest.raises(ValueError, match="no feature has a geometry"):
        write_tiles(tmp_path / "t.pmtiles", [TileLayer("villages", "", frame, 7)], {})


@pytest.mark.parametrize(("units", "zoom"), [(64, 12), (63, 13), (32, 13), (31, 14), (1, 14), (1000, 12)])
def test_the_deepest_zoom_draws_the_smallest_area_64_units_wide(units, zoom):
    side = units * unit_degrees(12) * (1 + 1e-9)
    frame = gpd.GeoDataFrame(geometry=[shapely.box(105, 20, 105 + side, 20 + side), None], crs="EPSG:4326")
    assert deepest([frame]) == zoom


def test_a_tile_comes_as_it_is_stored_with_its_tag(published, client, tmp_path):
    packed = client.get(f"{GRID}/9/226/406", headers={"accept-encoding": "gzip"})
    plain = client.get(f"{GRID}/9/226/406")
    assert (packed.status_code, packed.headers["content-type"], packed.headers["content-encoding"]) == (
        200,
        MVT,
        "gzip",
    )
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    again = client.get(f"{GRID}/9/226/406", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    villages = decoded(plain.content, tmp_path, "villages").set_index("name")
    assert villages.loc["Thôn Đông", ["commune", "wifi_status", "wifi_low"]].tolist() == ["00001", "pass", 1.0]
    assert sorted(pyogrio.list_layers(tmp_path / "tile.pbf")[:, 0]) == [
        "communes",
        "village_centre",
        "villages",
        "wifi",
    ]


def test_tiles_of_a_named_run_may_be_kept_for_ever(published, client):
    assert "immutable" in client.get(f"{GRID}/9/226/406?run={published.run}").headers["cache-control"]
    assert client.get(f"{GRID}/9/226/406").headers["cache-control"] == "no-cache"
    assert client.get(f"{GRID}/9/226/406?run={'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [("9/0/0", 204), ("3/0/0", 404), ("20/0/0", 404), ("9/512/0", 404), ("9/-1/0", 422), ("x/0/0", 422), ("9/0", 404)],
)  # fmt: skip
def test_where_nothing_lies_is_told_apart_from_where_nothing_can(client, address, status):
    assert client.get(f"{GRID}/{address}").status_code == status


def test_closed_layers_are_in_no_tile_and_have_no_set(published, client):
    closed = [name for name, layer in LAYERS.items() if layer.sensitivity != "C1"]
    assert len(closed) > 5
    assert [name for name in closed if is_open(name)] == []
    for name in closed:
        assert client.get(f"/ogc/collections/{name}/tiles").status_code == 404
        assert client.get(f"/ogc/collections/{name}/tiles/WebMercatorQuad/9/226/406").status_code == 404
    tiles = open_tiles(run_folder(published.workspace.path, published.run) / "tiles.pmtiles", "test")
    assert set(tiles.layers()) == {"communes", "villages", "village_centre", "wifi"}
    for start, length in tiles.entries.values():
        content = gzip.decompress(tiles.data[start : start + length])
        assert not any(secret.encode() in content for secret in SECRETS)
        assert b"camera" not in content.replace(b"cameras_", b"")


def test_a_collection_has_tiles_with_its_own_layer_only(published, client, tmp_path):
    answer = client.get("/ogc/collections/wifi/tiles/WebMercatorQuad/9/226/406")
    assert pyogrio_layers(answer.content, tmp_path) == ["wifi"]
    assert decoded(answer.content, tmp_path, "wifi")["id"].tolist() == ["w1"]
    assert client.get("/ogc/collections/villages/tiles/WebMercatorQuad/5/14/25").status_code == 204  # communes only
    assert only_layer(gzip.compress(b""), "wifi") == b""


def pyogrio_layers(content: bytes, tmp_path) -> list[str]:
    (tmp_path / "one.pbf").write_bytes(content)
    return pyogrio.list_layers(tmp_path / "one.pbf")[:, 0].tolist()


def test_the_descriptions_fit_together(published, client):
    sets = client.get("/ogc/tiles").json()["tilesets"]
    item = next(link for link in sets[0]["links"] if link["rel"] == "item")
    limits = {limit["tileMatrix"]: limit for limit in sets[0]["tileMatrixSetLimits"]}["9"]
    assert (limits["minTileRow"], limits["minTileCol"]) == (226, 406)
    address = item["href"].format(tileMatrix=9, tileRow=226, tileCol=406)
    assert item["templated"]
    assert client.get(address).status_code == 200
    said = client.get(f"{GRID}?f=tilejson").json()
    assert client.get(said["tiles"][0].format(z=9, y=226, x=406)).status_code == 200
    assert [layer["id"] for layer in said["vector_layers"]] == ["communes", "villages", "village_centre", "wifi"]
    assert said["bounds"] == pytest.approx([105.8, 20.0, 106.0, 20.1])
    one = client.get("/ogc/collections/wifi/tiles/WebMercatorQuad").json()
    assert [layer["id"] for layer in one["layers"]] == ["wifi"]
    assert client.get("/ogc/collections/wifi/tiles/WebMercatorQuad?f=tilejson").json()["minzoom"] == 9
    grid = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json()
    assert grid["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert grid["tileMatrices"][12]["matrixWidth"] == 4096
    assert client.get("/ogc/tileMatrixSets").json()["tileMatrixSets"][0]["id"] == "WebMercatorQuad"


def test_gdal_opens_the_published_file_and_finds_every_village(published):
    path = run_folder(published.workspace.path, published.run) / "tiles.pmtiles"
    assert pyogrio.read_dataframe(path, layer="villages")["name"].nunique() == 3
    assert pyogrio.read_dataframe(path, layer="communes")["id"].nunique() == 2


def test_tiles_of_a_withdrawn_run_are_not_sent_for_longer_than_a_second(published, client, monkeypatch):
    assert client.get(f"{GRID}/9/226/406").status_code == 200
    withdraw(published.workspace, published.run, "số liệu sai", actor="test")
    try:
        monkeypatch.setattr("api.publication.published_now.FRESH_S", -1.0)
        assert client.get(f"{GRID}/9/226/406?run={published.run}").status_code == 404
        assert client.get(f"{GRID}/9/226/406").status_code == 404
    finally:
        publish(published.workspace, published.run, lambda _: None, actor="test")
        forget(client.app)
