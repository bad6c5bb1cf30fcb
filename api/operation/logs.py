"""The log of the service: one JSON object a line. No names, no query strings, no tokens; control characters escaped."""

import json
import logging
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

ROOT = "hatangso"
REQUESTS = logging.getLogger(f"{ROOT}.request")


class JsonLines(logging.Formatter):
    """One record as one line: what it is about in `fields`, else its message; faults with their traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; `json.dumps` escapes every control character, so no line begins inside another."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "log": record.name}
        said |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=True, default=str)


def configure(file: Path | None) -> None:
    """Send what we and the server say to `file` (it may be rotated by moving it away), else to stderr."""
    handler = logging.StreamHandler(sys.stderr) if file is None else _to_file(file)
    handler.setFormatter(JsonLines())
    for name, level in ((ROOT, logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def _to_file(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler: logging.Handler = logging.FileHandler(file) if sys.platform == "win32" else WatchedFileHandler(file)
    file.chmod(0o600)
    return handler
