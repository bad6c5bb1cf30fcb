"""Population grid: people per cell, as a GeoTIFF."""

from geo.layer import Layer, layer

population = layer(
    Layer(
        name="population",
        vi="Lưới dân số",
        en="Population grid",
        geometry="raster",
        columns=(),
        doc="People per cell; cells without data hold nobody known. Splits counts and weighs shares.",
    )
)
