"""What several processes of one test run need is made by the first that asks; the others wait for it and copy it."""

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: tests run in one process
    fcntl = None

PLACE = "HATANGSO_ONCE"  # the folder of this test run; made and removed by conftest.py


@cache
def once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` has filled, once in the test run; whoever changes something copies it first."""
    at = Path(os.environ[PLACE])
    folder, done = at / name, at / f"{name}.done"
    with (at / f"{name}.lock").open("w") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
