"""Which runs are published, remembered for a moment: tiles are asked for thousands of times a second."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from anyio.to_thread import run_sync
from fastapi import FastAPI

from api.publication.published_files import is_kept
from api.publication.publishing import public_runs

FRESH_S = 1.0  # so long after a withdrawal by another process, tiles of the run may still be sent


@dataclass(frozen=True, slots=True)
class Known:
    """The published runs whose files are there, newest first, and the workspace's folder; `at` is when we looked."""

    at: float
    root: Path
    runs: tuple[str, ...]


async def known_runs(app: FastAPI) -> Known:
    """The published runs, looked up at most once every `FRESH_S`. `GeoError` where there is no workspace."""
    known: Known | None = getattr(app.state, "known_runs", None)
    if known is None or monotonic() - known.at > FRESH_S:
        known = await run_sync(_look, app)
        app.state.known_runs = known
    return known


def forget(app: FastAPI) -> None:
    """Look again at the next question: something was published or withdrawn here."""
    app.state.known_runs = None


def _look(app: FastAPI) -> Known:
    workspace = app.state.shelf.workspace()
    runs = tuple(run for run in public_runs(workspace) if is_kept(workspace.path, run))
    return Known(monotonic(), workspace.path, runs)
