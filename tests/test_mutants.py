"""Sound files of every format with a few bytes changed, by seed: a result or a refusal, never a crash of ours, never a hang."""

import pytest
from conftest import often
from hostile import mutants

from geo.errors import InputError
from geo.limits import UPLOAD
from geo.worker import ask

pytestmark = pytest.mark.xdist_group("worker")


def test_a_mutant_gives_a_result_or_a_refusal(tmp_path):
    failed = []
    for path in mutants(tmp_path, often("mutants")):
        try:
            ask("raster" if path.suffix == ".tif" else "sheet", path, limits=UPLOAD)
        except InputError as error:
            if error.code in ("worker_died", "worker_time"):
                failed.append((str(path), str(error)))
    assert not failed
