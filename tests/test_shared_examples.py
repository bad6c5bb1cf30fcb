"""The published broken and awkward GeoJSON files: each is answered as its name says."""

import pytest
from pyproj import CRS

import geo.layers  # noqa: F401  registers them
from geo.errors import InputError
from geo.layer import LAYERS
from geo.read import ReadOptions, read_rows

OPTIONS = ReadOptions(work=CRS.from_epsg(5897), set_to=(("operator", "vnpt"),))
SAID = {
    "invalid_exterior_not_ccw": {"ring_direction"},
    "invalid_interior_not_cw": {"ring_direction"},
    "invalid_incorrect_geometry_data_type": {"geometry_unreadable"},
    "invalid_less_three_unique_nodes": {"geometry_invalid", "ring_direction"},
    "invalid_unclosed": {"geometry_unreadable"},
    "problematic_3d_coordinates": set(),  # heights are not used
    "problematic_4d_coordinates": {"geometry_unreadable"},
    "problematic_duplicate_nodes": set(),
    "problematic_excessive_coordinate_precision": set(),
    "problematic_excessive_vertices": set(),
    "problematic_feature_null_geometry": {"no_geometry"},
    "problematic_holes": set(),
    "problematic_inner_and_exterior_ring_intersect": {"geometry_invalid"},
    "problematic_multitype_geometry_with_just_one_geometry": set(),
    "problematic_outside_lat_lon_boundaries": {"outside_degrees"},
    "problematic_self_intersection_large": {"geometry_invalid"},
    "problematic_self_intersection_small": {"polygon_mended"},
    "problematic_wrong_bbox_coordinate_order": {"bbox_wrong"},
    "problematic_zero_length_linestring": {"geometry_invalid"},
    "problematic_crs_defined": {"crs_conflict"},
    "problematic_geometry_not_wrapped": set(),
    "problematic_geometrycollection_single": {"geometry_type"},
    "problematic_nested_geometrycollection": {"geometry_type"},
}


@pytest.mark.parametrize(("name", "codes"), SAID.items())
def test_an_awkward_file_is_answered_as_its_name_says(shared, name, codes):
    path = next((shared / "geometry" / "examples").rglob(f"{name}.geojson"))
    try:
        found = {n.code for n in read_rows(path, LAYERS["fibre"], areas=None, options=OPTIONS).notices}
    except InputError as refused:
        found = {refused.code}
    assert found - {"column_ignored"} == codes
