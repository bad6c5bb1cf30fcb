"""What communes declare of themselves, some of it against what is mapped."""

from datetime import date

import numpy as np
import pandas as pd

from geo.demo.dataset import Complete, DemoLayer, form
from geo.demo.equipment import camera
from geo.demo.world import World, chance

SENDER = "UBND các xã, phường (minh họa)"
CONTRADICTING = 25
SILENT = 6


def declared_item(world: World) -> DemoLayer:
    """Office items of all but six communes, and camera counts of some that are not what is mapped."""
    rng = chance(world.seed, "declared items")
    communes = world.communes.index[~world.communes.index.isin(rng.choice(world.communes.index, SILENT, replace=False))]
    n = len(communes)
    staff = rng.integers(28, 62, n).astype("float64")
    places = rng.integers(8, 26, n).astype("float64")
    items = [
        _item(communes, "off_lan", (rng.random(n) < 0.82) * 1.0, None),
        _item(communes, "off_computers", staff - rng.choice([0, 0, 0, 1, 3], n), staff),
        _item(communes, "off_tslcd", (rng.random(n) < 0.9) * 1.0, None),
        _item(communes, "cam_key_places", np.minimum(places, np.round(places * rng.uniform(0.5, 1.25, n))), places),
        _cameras(world, rng),
    ]
    rows = pd.concat(items, ignore_index=True)
    rows = rows.assign(
        id=[f"KB-{i:04d}" for i in range(1, len(rows) + 1)],
        commune_name=rows["commune_code"].map(world.communes["name"]),
        period="202511",
        evidence="Văn bản số 00/BC-UBND (minh họa)",
    )
    complete = (Complete("", "", tuple(communes)),)
    return DemoLayer("declared_item", form("declared_item", rows), SENDER, date(2025, 11, 30), complete, published=True)


def _item(communes: "pd.Index[str]", item: str, value: np.ndarray, of: np.ndarray | None) -> pd.DataFrame:
    return pd.DataFrame({"commune_code": communes, "item": item, "value": value, "of": np.nan if of is None else of})


def _cameras(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Declared cameras of some surveyed communes: more than are mapped, as in 37 against 12."""
    mapped = camera(world).frame_or_grid
    if not isinstance(mapped, pd.DataFrame):
        raise TypeError("cameras are a table")
    counted = mapped["cameras"].fillna(1).groupby(mapped["commune_code"]).sum().astype("float64")
    some = counted.loc[np.sort(rng.choice(counted.index, CONTRADICTING, replace=False))]
    return _item(some.index, "cam_count", np.round(some.to_numpy() * rng.uniform(1.5, 3.0, len(some)) + 1), None)
