"""One path between two places: figures by hand on flat ground and over one hill, and what cannot be answered."""

import numpy as np
import pytest
from conftest import spot
from test_predicted import ground

from geo.errors import InputError
from geo.profile_between import End, between
from maps.profile_told import cells, profile_data, sentences


def ends(metres=4000.0, height=30.0):
    return (End("A", spot(50, 150), height), End("B", spot(50 + metres, 150), height))


def terrain(hill=0.0):
    """5 km of ground at 0 m, 300 m wide, with a wall of one cell (100 m) in the middle of the way."""
    heights = np.zeros((3, 60))
    heights[:, 20] = hill  # its centre lies 2000 m from the first end
    return ground(heights)


def test_flat_ground_is_clear_and_free_space_is_the_formula_by_hand():
    found = between(*ends(), terrain(), 900.0, eirp_dbm=50.0)
    loss = found.losses.set_index("model")["loss_db"]
    assert loss["free_space"] == pytest.approx(32.448 + 20 * np.log10(900) + 20 * np.log10(4), abs=0.01)  # 103.57 dB
    assert found.losses.set_index("model").loc["free_space", "level_dbm"] == pytest.approx(50 - 103.57, abs=0.01)
    # half way: Fresnel radius sqrt(0.3331 * 2000 * 2000 / 4000) = 18.25 m, Earth's bulge 2000² / (2 * 4/3 * 6371000)
    radius, bulge = (0.33310 * 1000) ** 0.5, 2000**2 / (8 / 3 * 6_371_000)
    assert found.clearance["share"] == pytest.approx((30 - bulge) / radius, rel=1e-3)
    assert found.clearance["clearance"] == "clear" and found.bearing_deg == pytest.approx(90, abs=1.5)
    assert "4 km" in sentences(found)[0] and "163 %" in sentences(found)[1]


def test_a_hill_in_the_way_blocks_and_costs_what_one_edge_costs():
    found = between(*ends(), terrain(hill=60.0), 900.0, eirp_dbm=50.0)
    assert found.clearance["clearance"] == "blocked" and found.clearance["at_m"] == pytest.approx(2000, abs=60)
    # 30 m and the bulge above the line, v = 30.24 sqrt(2 * 4000 / (0.3331 * 2000²)) = 2.34: J = 20.3 dB (P.526 eq. 31),
    # and (1 - e^(-J/6)) (10 + 0.02 * 4) = 9.7 dB more by Bullington's correction
    loss = found.losses.set_index("model")["loss_db"]
    assert loss["diffraction_p526"] - loss["free_space"] == pytest.approx(20.3 + 9.7, abs=0.4)
    assert "30,2 m" in sentences(found)[1]


def test_what_a_model_does_not_hold_for_is_said_and_json_has_no_number_there():
    found = between(*ends(metres=500), terrain(), 900.0, eirp_dbm=50.0)  # ITM holds from 1 km on
    headings, rows = cells(found)
    assert len(headings) == 3 and sum("không áp dụng" in row[1] for row in rows) == 1
    assert {row["model"] for row in profile_data(found)["losses"]} == {"free_space", "diffraction_p526", "itm"}


@pytest.mark.parametrize(("metres", "said"), [(90_000, "B"), (5, "10 m")])
def test_a_place_outside_the_terrain_or_too_near_is_refused(metres, said):
    with pytest.raises(InputError, match=said):
        between(*ends(metres=metres), terrain(), 900.0, eirp_dbm=50.0)
