"""Published tables of spopt 0.7.0 (BSD-3-Clause, pysal/spopt, folder spopt/tests/test_locate).

`spopt_san_francisco.csv`: network distances (m) from 205 census tracts with their people of 2000 to 16 candidate stores,
of its SF_network_distance_candidateStore_16_censusTract_205_new.csv, rounded to 1e-7 m. `spopt_lattice.csv`: the points
that its fixture `network_instance(100, 5)` draws (seeds 5 and 6) and puts on a lattice of 10 x 10, and its weights.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def san_francisco():
    """People of the tracts, and distances (tracts, stores)."""
    table = pd.read_csv(HERE / "spopt_san_francisco.csv")
    return table["people"].to_numpy(), table.filter(like="Store_").to_numpy()


def lattice():
    """Weights of the clients, distances (clients, facilities), and distances between facilities."""
    table = pd.read_csv(HERE / "spopt_lattice.csv")
    clients, facilities = (table[table["kind"] == k][["x", "y"]].to_numpy() for k in ("client", "facility"))
    weight = table["weight"].dropna().to_numpy()
    return weight, *(np.hypot(*(a[:, None] - facilities[None]).transpose(2, 0, 1)) for a in (clients, facilities))
