"""Measurements, shared sites, underground cable, IT-based loudspeakers."""

import numpy as np
import pandas as pd
from conftest import equipment, rows, spot
from shapely import LineString

from hand import Case


def samples(speeds, at=None, **columns) -> pd.DataFrame:
    """Speed samples of operator x on 4G, in village a unless placed."""
    n = len(speeds)
    given = {"operator": "x", "technology": "4G", "measured_on": pd.Timestamp("2025-05-01"), "kind": "i_speed",
             "rsrp_dbm": np.nan, "rscp_dbm": np.nan, "upload_mbps": np.nan}  # fmt: skip
    columns = given | {"download_mbps": [float(v) for v in speeds]} | columns
    return rows([spot(50, 150)] * n if at is None else at, id=[str(i) for i in range(n)], **columns)


def masts(at, operators, **columns) -> pd.DataFrame:
    """Working 4G stations, each with an id of its own unless given."""
    given = {"id": [f"{o}{i}" for i, o in enumerate(operators)], "shared": pd.array([None] * len(at), dtype="boolean")}
    return equipment(at, operator=list(operators), technology="4G", **(given | columns))


def cables(lines, underground, **columns) -> pd.DataFrame:
    """Working cables of operator x through the given points."""
    shapes = [LineString([spot(*p) for p in line]) for line in lines]
    under = pd.array(underground, dtype="boolean")
    return equipment(
        shapes, id=[str(i) for i in range(len(lines))], operator="x", kind="line", underground=under, **columns
    )


def clusters(technologies, **columns) -> pd.DataFrame:
    """Working loudspeaker clusters of commune k."""
    n = len(technologies)
    given = {"speakers": pd.array([1] * n, dtype="Int64"), "commune_named": "k"}
    return equipment([None] * n, id=[str(i) for i in range(n)], technology=list(technologies), **(given | columns))


def layers(rng, extra: int = 0) -> dict[str, pd.DataFrame]:
    """Random samples, faster than 1 Mb/s, and loudspeaker clusters of every technology, in all villages."""

    def spread(n):
        return [spot(x, y) for x, y in zip(rng.uniform(0, 600, n), rng.uniform(0, 300, n), strict=True)]

    n, m = 140 + extra, 6 + extra
    loud = equipment(spread(m), id=[str(i) for i in range(m)], speakers=pd.array([1] * m, dtype="Int64"),
                     technology=(["wired", "ict", None] * m)[:m])  # fmt: skip
    return {"measurement": samples(rng.uniform(5, 90, n), spread(n)), "loudspeaker": loud}


CASES = [
    # 1 + 2 + … + 31 = 496, and 496 / 31 = 16; sorted, the middle one is the 16th, the 10th percentile the 4th
    Case("mob_speed_mean", lambda: {"measurement": samples(range(1, 32))}, "a", 496 / 31),
    Case("mob_speed_mean", lambda: {"measurement": samples(range(1, 32))}, "k", 496 / 31),
    Case("mob_speed_mean", lambda: {"measurement": samples([30, 60])}, "a", (30 + 60) / 2, settings={"min_samples": 2}),
    Case("mob_speed_mean", lambda: {"measurement": samples(range(1, 30))}, "a", (0, np.inf)),
    Case("mob_speed_median", lambda: {"measurement": samples(range(1, 32))}, "a", 16),
    Case("mob_speed_median", lambda: {"measurement": samples([10, 20, 40, 90])}, "a", (20 + 40) / 2, settings={"min_samples": 4}),
    Case("mob_speed_p10", lambda: {"measurement": samples(range(1, 32))}, "a", 4),
    Case("mob_speed_samples", lambda: {"measurement": samples([10, 20, float("nan")])}, "a", 2),
    # two masts 20 m apart are one site, which one of them calls shared; another 100 m on is not
    Case("bts_sharing", lambda: {"bts": masts([spot(50, 50), spot(70, 50), spot(170, 50)], "xxx", shared=pd.array([True, None, False], dtype="boolean"))}, "k", 1 / 2),
    # one hundred metres underground of three hundred in k; the fourth hundred lies in l
    Case("fix_cable_underground", lambda: {"fibre": cables([[(0, 50), (100, 50)], [(100, 50), (400, 50)]], [True, False])}, "k", 1 / 3, 1e-6),
    Case("fix_cable_underground", lambda: {"fibre": cables([[(0, 50), (100, 50)], [(100, 50), (400, 50)]], [True, None])}, "k", (1 / 3, 1), 1e-6),
    Case("loa_cntt_vt", lambda: {"loudspeaker": clusters(["wired", "fm"])}, "k", 0),
    Case("loa_cntt_vt", lambda: {"loudspeaker": clusters(["wired", "ict"])}, "k", 1),
    Case("loa_cntt_vt", lambda: {"loudspeaker": clusters(["wired", None])}, "k", (0, 1)),
    Case("loa_cntt_vt_share", lambda: {"loudspeaker": clusters(["wired", "wired", "fm", "ict"])}, "k", 1 / 4),
    Case("loa_cntt_vt_share", lambda: {"loudspeaker": clusters(["wired", "ict", "ict", None])}, "k", (2 / 4, 3 / 4)),
]  # fmt: skip
