"""Terrain: metres above sea level per cell, as a GeoTIFF."""

from geo.layer import Layer, layer

terrain = layer(
    Layer(
        name="terrain",
        vi="Địa hình (độ cao)",
        en="Terrain (elevation)",
        geometry="raster",
        columns=(),
        doc="Metres above sea level per cell; cells without data are unknown. Shows what obstructs a line of sight.",
    )
)
