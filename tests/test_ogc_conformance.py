"""The conformance suite of OGC API Features (ogctests) against the service, in an environment of its own."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import absent
from ogc_world import listening

pytestmark = pytest.mark.xdist_group("ogc")
PEERS = Path(__file__).parent.parent / ".peers" / "bin" / "python"


def test_all_29_conformance_tests_pass(tmp_path):
    if not PEERS.exists():
        absent("ogctests is not installed; run: tools/peers.sh")
    with listening(tmp_path) as (address, _):
        command = [PEERS, "-m", "ogctests", "features/core", "-i", address, "-v", "True"]
        (tmp_path / "pytest.ini").write_text(
            "[pytest]\n", encoding="ascii"
        )  # else it is run by the rules of our own tests
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        env["PYTEST_ADDOPTS"] = f"-c '{tmp_path / 'pytest.ini'}'"
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert re.search(r"\b29 passed", done.stdout), done.stdout[-3000:]
    assert not re.search(r"\d+ (failed|error|skipped)", done.stdout), done.stdout[-3000:]
