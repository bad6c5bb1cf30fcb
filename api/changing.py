"""How a dataset differs from the one that it replaces in its slot."""

import pandas as pd

from api.store import Stored, dataset_frame
from api.workspace import Workspace
from geo.layer import LAYERS
from geo.row_changes import row_changes


def changes(
    workspace: Workspace, replaced: Stored | None, frame: pd.DataFrame, rows: pd.Index | None
) -> pd.DataFrame | None:
    """`geo.row_changes.COLUMNS` from the replaced rows to those of `frame` (sender's row numbers: `rows`).

    Missing where nothing was replaced; nothing is said of the cells of rasters.
    """
    if replaced is None or LAYERS[replaced.dataset.layer].geometry == "raster":
        return None
    return row_changes(dataset_frame(workspace.path, replaced.dataset), frame, LAYERS[replaced.dataset.layer], rows)
