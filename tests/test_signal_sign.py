"""Signal maps whose levels cannot be dBm as they stand, and operators as their senders spell them."""

from datetime import date

import numpy as np
import pytest
import rasterio
from affine import Affine
from conftest import SOUTH, WEST, WORK

import geo.layers  # noqa: F401 registers them
from geo.errors import InputError
from geo.layer import LAYERS
from geo.read_signal import Statement, read_signal, stated_of_file

STATED = Statement("vnpt", "4G", "rsrp", "no-signal", as_of=date(2025, 10, 1))


def tif(path, values):
    values = np.asarray(values, dtype="float32")
    facts = {"driver": "GTiff", "count": 1, "dtype": "float32", "height": values.shape[0], "width": values.shape[1]}
    at = Affine(100, 0, WEST, 0, -100, SOUTH + 200)
    with rasterio.open(path, "w", **facts, crs="EPSG:5897", transform=at, nodata=-9999) as file:
        file.write(values, 1)
    return path


def test_positive_levels_are_refused_and_the_message_names_the_lost_minus_sign(tmp_path):
    with pytest.raises(InputError, match="send -110 instead of 110") as refused:
        read_signal(tif(tmp_path / "s.tif", [[75, 110], [-9999, 90]]), STATED, work=WORK)
    assert refused.value.code == "signal_positive"
    assert "dấu trừ" in str(refused.value) and "RSRP 0–97" in str(refused.value)


@pytest.mark.parametrize(("values", "found"), [([[-75, 110]], "110"), ([[-75, 0]], "0"), ([[-300, -80]], "-300")])
def test_some_levels_out_of_range_are_refused_with_the_worst(values, found, tmp_path):
    with pytest.raises(InputError, match=f"có ô {found};"):
        read_signal(tif(tmp_path / "s.tif", values), STATED, work=WORK)


def test_negative_levels_are_read(tmp_path):
    level = read_signal(tif(tmp_path / "s.tif", [[-75, -9999]]), STATED, work=WORK).low.values
    assert level.tolist() == [[-75, -np.inf]]


def stated(operator):
    pairs = (("operator", operator), ("technology", "LTE"))
    return stated_of_file(LAYERS["signal"], pairs, ("vnpt", "viettel"))


def test_the_operator_of_a_raster_may_be_spelt_as_its_sender_does():
    said, notices = stated("VNPT-Vinaphone")
    assert said["operator"] == "vnpt"
    assert [(n.code, n.severity, n.row) for n in notices] == [("operator_read_as", "warning", 0)]
    assert stated("vnpt")[1] == ()


def test_an_operator_that_is_only_alike_is_an_error_with_a_suggestion():
    (notice,) = stated("Vietel")[1]
    assert (notice.code, notice.severity) == ("unknown_operator", "error") and "write viettel" in notice.text("en")
