"""Every file of the real data is read, or refused with the code that fits it; rows as its README counts them."""

import pytest

import geo.formats  # noqa: F401  registers them
from geo.errors import InputError
from geo.format import suffixes
from geo.read import read_sheet

ROWS = {
    "derived/hoanghoa_thieuhoa_tcvn3_vn2000/ranhgioi_xa.shp": 13,
    "derived/hoanghoa_thieuhoa_tcvn3_vn2000/ranhgioi_xa.tab": 13,
    "derived/hoanghoa_thieuhoa_vni_vn2000/ranhgioi_xa.shp": 13,
    "derived/hoanghoa_thieuhoa_vni_vn2000/ranhgioi_xa.tab": 13,
    "encoding/th_communes_2009_escaped_unicode_attributes.csv": 637,
    "encoding/th_communes_tcvn3_with_truth.csv": 630,
    "geometry/vn_hcmc_wards_2019pop/Population_Ward_Level.shp": 322,
    "geometry/vn_hoangsa_truongsa_2025.gpkg": 2,
    "geometry/vn_wards_invalid_raw_shared.gpkg": 49,
    "telecom_itu/ibiza_esp/cell-sites.csv": 100,
    "telecom_itu/ibiza_esp/mobile-coverage.gpkg": 770,
    "telecom_itu/ibiza_esp/points-of-interest.csv": 100,
    "telecom_itu/ibiza_esp/visibility.csv": 247,
    "thanhhoa/th_census2019_635_communes.csv": 635,
    "thanhhoa/th_communes_2025_pop2019_DERIVED.csv": 166,
    "thanhhoa/th_crosswalk_547_to_166_vietnamadminunits.csv": 558,
    "thanhhoa/th_gso_commune_events_2004_2025.csv": 252,
}
REFUSED = {
    "thanhhoa/th_boundaries.gpkg": "sublayer_needed",
    "village_level_rwanda_rubavu.gpkg": "sublayer_needed",
    "telecom_itu/ofds/examples/json/network-embedded.json": "format_not_sound",  # one network, no package of them
    "telecom_itu/ofds/examples/json/network-package-invalid.json": "ofds_crs",
    "telecom_itu/ofds/examples/json/nodes-endpoint.json": "format_not_sound",
    "telecom_itu/ofds/examples/json/spans-endpoint.json": "format_not_sound",
}
LAYERS = {
    "communes_2025": 166,
    "communes_2025_raw_mar2026_slivers": 166,
    "province_2025_simplified": 1,
    "districts_27_pre2025": 27,
    "communes_2012_lowres_pop2009": 637,
}


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_a_file_has_as_many_rows_as_its_readme_says(shared, name, rows):
    assert len(read_sheet(shared / name).cells) == rows


@pytest.mark.parametrize(("name", "rows"), LAYERS.items())
def test_the_boundary_sets_have_their_units(shared, name, rows):
    assert len(read_sheet(shared / "thanhhoa" / "th_boundaries.gpkg", name).cells) == rows


def test_every_other_file_is_read_or_refused_with_its_code(shared):
    refused = {}
    for path in sorted(p for p in shared.rglob("*") if p.suffix.lower() in suffixes()):
        name = path.relative_to(shared).as_posix()
        if name in ROWS or name.startswith("geometry/examples/"):
            continue  # the examples are in test_formats and test_shared_examples
        try:
            read_sheet(path)
        except InputError as error:
            refused[name] = error.code
    assert refused == REFUSED


def test_the_dated_official_lists_go_from_636_to_549_communes(shared):
    sheet = read_sheet(shared / "thanhhoa" / "th_gso_commune_lists_2004_2025.csv")
    days = sheet.cells[sheet.headers.index("effective")]
    counts = days.value_counts().sort_index()
    assert (counts.iloc[0], counts.iloc[-1]) == (636, 549)
