"""Styles: one for each criterion, as MapLibre and QGIS read them, with our own colours and from our own address only."""

import io
import json
import re
from xml.etree import ElementTree as Xml

import pytest
from PIL import Image
from published import world

from maps import style
from maps.vector_styles import Coloured, maplibre, sprite

pytestmark = pytest.mark.xdist_group("published")
PAINT = {
    "background": {"background-color"},
    "fill": {"fill-color", "fill-pattern"},
    "line": {"line-color", "line-width"},
    "circle": {"circle-color", "circle-radius", "circle-stroke-color", "circle-stroke-width"},
}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return world(tmp_path_factory)


@pytest.fixture
def client(published):
    return published.client


def test_there_is_a_style_for_every_criterion_with_both_forms(client):
    listed = client.get("/ogc/styles").json()["styles"]
    assert [one["id"] for one in listed] == ["cameras", "station", "wifi"]
    for one in listed:
        for link in one["links"]:
            answer = client.get(link["href"])
            assert (answer.status_code, answer.headers["content-type"]) == (200, link["type"])


def test_a_style_has_what_the_specification_requires(published, client):
    said = client.get("/ogc/styles/wifi").json()
    tiles = client.get(said["sources"]["units"]["url"]).json()
    layers = {layer["id"]: layer for layer in tiles["vector_layers"]}
    assert said["version"] == 8
    assert len({layer["id"] for layer in said["layers"]}) == len(said["layers"])
    for layer in said["layers"]:
        assert set(layer["paint"]) <= PAINT[layer["type"]]
        if layer["type"] != "background":
            assert layer["source"] == "units"
            assert layer["source-layer"] in layers
        assert "glyphs" not in said
        assert "layout" not in layer  # text would need fonts
    fields = layers["villages"]["fields"]
    assert (fields["wifi_status"], fields["wifi_low"], fields["wifi_high"]) == ("String", "Number", "Number")


def test_a_style_asks_nobody_but_us(client):
    text = client.get("/ogc/styles/wifi").text
    assert set(re.findall(r"https?://[^/\"]+", text)) == {"http://testserver"}


def test_colours_patterns_and_words_are_those_of_the_product():
    said = maplibre(Coloured("wifi", "Wi-Fi", ("villages",)), "/t", "/s", {}, "vi")
    colours = next(layer["paint"]["fill-color"] for layer in said["layers"] if layer["id"] == "villages-colour")
    pairs = dict(zip(colours[2:-1:2], colours[3:-1:2], strict=True))
    assert pairs == {code: look.colour for code, look in style.STATUS.items()}
    assert [entry["label"] for entry in said["metadata"]["legend"]] == [style.status(code) for code in style.STATUS]
    allowed = {look.colour for look in style.STATUS.values()} | {style.PAPER[0], style.GROUND[0], "#5b6770"}
    assert set(re.findall(r"#[0-9a-f]{6}", json.dumps(said))) <= allowed


def test_communes_are_coloured_from_afar_and_villages_from_near():
    both = maplibre(Coloured("k", "", ("communes", "villages")), "/t", "/s", {})
    zooms = {layer["id"]: (layer.get("minzoom"), layer.get("maxzoom")) for layer in both["layers"]}
    assert (zooms["communes-colour"], zooms["villages-colour"]) == ((None, 9), (9, None))
    alone = maplibre(Coloured("k", "", ("villages",)), "/t", "/s", {})
    assert {layer["id"]: layer.get("minzoom") for layer in alone["layers"]}["villages-colour"] is None


@pytest.mark.parametrize("mark", ["", "@2x"])
def test_patterns_are_in_the_sprite_that_the_style_names(published, client, mark):
    base = client.get("/ogc/styles/wifi").json()["sprite"]
    assert base.endswith(f"/publications/{published.run}/styles/sprite")
    index, answer = client.get(f"{base}{mark}.json").json(), client.get(f"{base}{mark}.png")
    image = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == "image/png"
    assert set(index) == {"fail", "unknown", "not_applicable"}
    for code, place in index.items():
        cut = image.crop((place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"]))
        inked = {colour[:3] for count, colour in cut.getcolors() if colour[3]}
        assert inked == {tuple(bytes.fromhex(style.STATUS[code].ink[1:]))}


def test_the_hatch_goes_on_from_cell_to_cell():
    image = Image.open(io.BytesIO(sprite(2)[0]))
    at = sprite(2)[1]["unknown"]
    cell = image.crop((at["x"], 0, at["x"] + 24, 24))
    inked = [[cell.getpixel((x, y))[3] > 0 for x in range(24)] for y in range(24)]
    assert sum(map(sum, inked)) == pytest.approx(24 * 2, abs=30)
    assert all(any(row) for row in inked)
    assert all(any(row[x] for row in inked) for x in range(24))


def test_qgis_colours_features_by_the_status_codes_that_we_send(client):
    text = client.get("/ogc/styles/wifi?f=qml&units=communes&lang=en").text
    root = Xml.fromstring(text.partition("\n")[2])  # noqa: S314  our own text
    assert root.find("renderer-v2").get("attr") == "wifi_status"
    assert [one.get("value") for one in root.iter("category")] == list(style.STATUS)
    assert next(one.get("label") for one in root.iter("category")).endswith(style.status("pass", "en"))
    assert {one.get("fieldName") for one in root.iter("text-style")} == {"name"}
    assert client.get("/ogc/styles/station?f=qml&units=communes").status_code == 404  # judged for villages only


@pytest.mark.parametrize("path", ["nothing", "sprite", "..%2fmanifest", "wifi.vi"])
def test_a_style_that_does_not_exist_is_not_found(client, path):
    assert client.get(f"/ogc/styles/{path}").status_code == 404
