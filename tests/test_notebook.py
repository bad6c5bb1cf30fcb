"""The notebooks run as they stand, and hold no output."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
# in a process of its own: a kernel's threads and sockets are not ours to answer for
RUN = """
import sys, jupytext, nbformat
from nbclient import NotebookClient
book = jupytext.read(sys.argv[1])
NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": sys.argv[3]}}).execute()
nbformat.write(book, sys.argv[2])
"""


def outputs(book: dict) -> list[str]:
    """What every cell printed or showed, as text."""
    said = [out for cell in book["cells"] for out in cell.get("outputs", [])]
    return ["".join(out.get("text") or out.get("data", {}).get("text/html") or "") for out in said]


@pytest.fixture(scope="module")
def first_look(tmp_path_factory):
    done = tmp_path_factory.mktemp("notebook") / "first_look.ipynb"
    asked = [sys.executable, "-c", RUN, str(ROOT / "notebooks" / "first_look.py"), str(done), str(ROOT)]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=180)
    assert ran.returncode == 0, ran.stderr
    return outputs(json.loads(done.read_text(encoding="utf-8")))


def test_notebooks_are_scripts_without_outputs():
    assert [p.stem for p in NOTEBOOKS] == ["first_look"]
    assert not list((ROOT / "notebooks").glob("*.ipynb"))


def test_first_look_shows_an_interval_until_the_second_operator_has_filed(first_look):
    said = "\n".join(first_look)
    assert "2/6 .. 6/6" in said
    assert "2/6 fail" in said


def test_first_look_ends_with_the_map(first_look):
    assert "<iframe" in first_look[-1]
