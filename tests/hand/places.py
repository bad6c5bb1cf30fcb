"""Roads, key places, junctions, border crossings, and what cameras, Wi-Fi and coverage do for them."""

import pandas as pd
from conftest import SOUTH, WEST, cells, equipment, rows, spot
from shapely import LineString

from hand import Case

STRETCH = 0.9999  # metres of the map per metre on the ground at the central meridian of EPSG:5897
KINDS = ["office", "one_stop", "market", "tourism", "health", None]


def line(*xy) -> LineString:
    """A road through these points, in metres from the south-west corner."""
    return LineString([(WEST + x, SOUTH + y) for x, y in xy])


def roads(lines, classes="national"):
    listed = [classes] * len(lines) if not isinstance(classes, list) else classes
    ids = [str(n) for n in range(len(lines))]
    return rows(lines, id=ids, name=[f"QL.{n}" for n in ids], **{"class": listed})


def key_places(points, kinds="office"):
    return rows(points, id=[str(n) for n in range(len(points))], name=None, kind=kinds)


def crossings(points, communes, **columns):
    return rows(points, id=[str(n) for n in range(len(points))], name=None, commune_named=communes,
                main=pd.array([None] * len(points), dtype="boolean"), **columns)  # fmt: skip


def cameras(points, **columns):
    n = len(points)
    yes = pd.array([None] * n, dtype="boolean")
    return equipment(points, **({"id": [str(i) for i in range(n)], "cameras": pd.array([1] * n, dtype="Int64"), "kind": None,
        "direction": None, "view_degrees": float("nan"), "range_m": float("nan"), "certified": yes, "notice_sign": yes} | columns))  # fmt: skip


def wifi(points, **columns):
    yes = pd.array([True] * len(points), dtype="boolean")
    return equipment(points, **({"id": [str(i) for i in range(len(points))], "free": yes, "place": "office"} | columns))


def layers(rng, extra: int = 0) -> dict[str, pd.DataFrame]:
    """A few roads with one unknown class, key places of several kinds; `extra` adds roads.

    Junctions and border crossings follow from the roads.
    """
    n = 4 + extra
    ends = rng.uniform([0, 0, 0, 0], [600, 300, 600, 300], (n, 4))
    places = [spot(x, y) for x, y in zip(rng.uniform(0, 600, 6), rng.uniform(0, 300, 6), strict=True)]
    known = rng.choice(["national", "district", "village"], n).tolist()
    return {
        "road": roads([line((a, b), (c, d)) for a, b, c, d in ends], [None, *known[1:]]),
        "key_place": key_places(places, KINDS),
        "camera": looking(rng, 6 + extra),
    }


def looking(rng, n: int):
    """Cameras anywhere, some of which look one way."""
    points = [spot(x, y) for x, y in zip(rng.uniform(0, 600, n), rng.uniform(0, 300, n), strict=True)]
    ways = rng.choice(["239-284", "338-23", "đông bắc", "90", "?"], n).tolist()
    kinds = rng.choice(["fixed", "dome", "ptz"], n).tolist()
    signs = pd.array(rng.choice([True, False], n), dtype="boolean")
    many = pd.array([2] * n, dtype="Int64")
    return cameras(points, cameras=many, direction=ways, kind=kinds, certified=signs, notice_sign=signs)


def asked(**more) -> dict[str, pd.DataFrame]:
    """Every layer in which key places may stand, without any unless given."""
    nothing = {
        "village_centre": rows([], id=[], name=[], kind=[]),
        "key_place": key_places([], []),
        "junction": crossings([], []),
        "border_crossing": crossings([], []),
    }
    return nothing | more


def yes_no(*values):
    return pd.array(values, dtype="boolean")


SOUTH_OF_IT, NORTH_OF_IT = "135-225", "315-45"
TWO_PLACES = key_places([spot(50, 50), spot(150, 150)], ["office", "market"])
ONE_LOOKS_AWAY = cameras([spot(50, 80), spot(150, 180)], direction=[SOUTH_OF_IT, NORTH_OF_IT])
SIGNS = {"notice_sign": yes_no(True, True, None, True), "certified": yes_no(True, False, True, True)}
HALF_SAID = cameras([spot(50, 50), spot(60, 50), spot(70, 50), spot(350, 50)], **SIGNS)
NOT_SURE = cameras(
    [spot(50, 50), spot(60, 50)],
    status=["working", None],
    notice_sign=yes_no(True, False),
    certified=yes_no(True, True),
)
FOUR = key_places([spot(50, 50), spot(60, 50), spot(250, 50), spot(260, 50)], ["office", "school", "health", "market"])
UNSAID = key_places([spot(50, 50), spot(60, 50), spot(250, 50), spot(260, 50)], ["office", "school", "health", None])
THROUGH = line((0, 150), (600, 150))
CROSSROADS = [line((150, 0), (150, 300)), line((10, 150), (290, 150))]


def columns_0_1():
    """Coverage of villages a and b."""
    return rows([cells(0, 0, 2, 3)], id="1", operator="x", technology="4G")


CASES = [
    # the office is watched; the camera at the market looks away from it
    Case("cam_key_places", lambda: asked(key_place=TWO_PLACES, camera=ONE_LOOKS_AWAY), "k", 1 / 2),
    # a bearing without view angle possibly sees what is in front of it, and surely nothing behind it
    Case("cam_key_places", lambda: asked(key_place=TWO_PLACES, camera=cameras([spot(50, 80), spot(150, 180)], direction=["nam", "0"])),
         "k", (0, 1 / 2)),
    # office, market, one crossroads of two national roads, no crossing of a border: 2 / 3
    Case("cam_key_places", lambda: {n: f for n, f in asked(key_place=TWO_PLACES, road=roads(CROSSROADS), camera=cameras(
        [spot(50, 80), spot(170, 150)], kind="ptz")).items() if n not in ("junction", "border_crossing")}, "k", 3 / 3),
    Case("cam_key_places", lambda: {n: f for n, f in asked(key_place=TWO_PLACES, road=roads(CROSSROADS), camera=cameras(
        [spot(50, 80), spot(170, 150)], kind=["ptz", "fixed"], direction=[None, "80-100"])).items()
        if n not in ("junction", "border_crossing")}, "k", 1 / 3),
    # a junction that only roads of unknown class make may or may not be one more place: 1 of 2 or 1 of 3
    Case("cam_key_places", lambda: {n: f for n, f in asked(key_place=TWO_PLACES, road=roads(CROSSROADS, ["national", None]),
        camera=cameras([spot(50, 80)], kind="ptz")).items() if n not in ("junction", "border_crossing")}, "k", (1 / 3, 1 / 2)),
    # two cultural houses, not counted where the decision leaves them out
    Case("cam_key_places", lambda: asked(key_place=TWO_PLACES, camera=ONE_LOOKS_AWAY, village_centre=rows(
        [spot(250, 250), spot(250, 20)], id=["1", "2"], name=None, kind="cultural_house")), "k", 1 / 4),
    Case("cam_key_places", lambda: asked(key_place=TWO_PLACES, camera=ONE_LOOKS_AWAY, village_centre=rows(
        [spot(250, 250), spot(250, 20)], id=["1", "2"], name=None, kind="cultural_house")), "k", 1 / 2,
         settings={"count_cultural_houses": 0}),
    # the road crosses from k to l; a camera 80 m inside l looks at it, for both communes
    Case("cam_border_crossings", lambda: {"road": roads([THROUGH]), "camera": cameras([spot(380, 150)], direction="260-280")}, "k", 1 / 1),
    Case("cam_border_crossings", lambda: {"road": roads([THROUGH]), "camera": cameras([spot(410, 150)], direction="260-280")}, "k", 0 / 1),
    Case("cam_border_crossings", lambda: {"road": roads([THROUGH, line((200, 20), (400, 20))]),
                                          "camera": cameras([spot(380, 150)], kind="ptz")}, "l", 1 / 2),
    # of three points one has both, one surely not
    Case("cam_compliance", lambda: {"camera": HALF_SAID}, "k", (1 / 3, 2 / 3)),
    Case("cam_compliance", lambda: {"camera": NOT_SURE}, "k", (1 / 2, 1 / 1)),
    Case("wifi_place_types", lambda: asked(key_place=TWO_PLACES, wifi=wifi([spot(50, 110)])), "k", 1),
    Case("wifi_place_types", lambda: asked(key_place=key_places([spot(50, 50), spot(250, 50)], ["office", "tourism"]),
                                           wifi=wifi([spot(50, 110)])), "k", 0),
    Case("wifi_place_types", lambda: asked(key_place=key_places([spot(50, 50), spot(250, 50)], ["office", "tourism"]),
                                           wifi=wifi([spot(50, 110), spot(240, 50)])), "k", 1),
    # office and school are covered, the health station is not; a market is no priority place
    Case("mob_place_share", lambda: {"key_place": FOUR, "coverage": columns_0_1()}, "k", 2 / 3),
    # a place of unknown kind outside may be one more
    Case("mob_place_share", lambda: {"key_place": UNSAID, "coverage": columns_0_1()}, "k", (2 / 4, 2 / 3)),
    # 300 m of road in k, 200 m of it covered; the village road is no main one
    Case("road_gap_km", lambda: {"road": roads([THROUGH, line((0, 20), (600, 20))], ["national", "village"]),
                                 "coverage": columns_0_1()}, "k", 0.1 / STRETCH, 1e-6),
    Case("road_gap_km", lambda: {"road": roads([THROUGH, line((0, 20), (600, 20))], ["national", None]),
                                 "coverage": columns_0_1()}, "k", (0.1 / STRETCH, 0.2 / STRETCH), 1e-6),
    Case("road_gap_km", lambda: {"road": roads([THROUGH]), "coverage": columns_0_1()}, "a", 0),
    # a road along the border of k and l counts half in each
    Case("road_gap_km", lambda: {"road": roads([line((300, 100), (300, 200))]), "coverage": rows(
        [cells(0, 0)], id="1", operator="x", technology="4G")}, "l", 0.05 / STRETCH, 1e-6),
]  # fmt: skip
