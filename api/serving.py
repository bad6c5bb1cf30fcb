"""Serving the application to this computer."""

from pathlib import Path

import uvicorn

from api.app import HOSTS, create_app
from api.settings import Settings


def serve(root: Path, *, port: int, host: str = "127.0.0.1") -> None:
    """Serve the newest run of the workspace in `root` until stopped, by default to this computer only.

    Requests are answered for the names in `api.app.HOSTS` and for `host` itself.
    """
    app = create_app(Settings(workspace=root), hosts={*HOSTS, host})
    uvicorn.run(
        app, host=host, port=port, log_level="warning", server_header=False, date_header=True, proxy_headers=False,
        h11_max_incomplete_event_size=32_768, limit_concurrency=200, timeout_keep_alive=10,
    )  # fmt: skip
