"""The notebook and the README: what they tell people to run exists and runs."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click import Group
from typer.main import get_command

from api.cli import assembled

pytestmark = pytest.mark.xdist_group("notebook")  # its fixtures are made once

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


def ran(name: str, folder: Path) -> list[str]:
    """What the cells of a notebook show when it runs from the top."""
    done = folder / f"{name}.ipynb"
    asked = [sys.executable, "-c", RUN, str(ROOT / "notebooks" / f"{name}.py"), str(done), str(ROOT)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=180)
    assert told.returncode == 0, told.stderr
    return outputs(json.loads(done.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def first_look(tmp_path_factory):
    return ran("first_look", tmp_path_factory.mktemp("notebook"))


def test_notebooks_are_scripts_without_outputs():
    assert [p.stem for p in NOTEBOOKS] == ["declared_and_mapped", "first_look"]
    assert not list((ROOT / "notebooks").glob("*.ipynb"))


def test_first_look_shows_an_interval_until_the_second_operator_has_filed(first_look):
    said = "\n".join(first_look)
    assert "2/6 .. 6/6" in said
    assert "2/6 fail" in said


def test_first_look_ends_with_the_map(first_look):
    assert "<iframe" in first_look[-1]


@pytest.mark.full
def test_declared_and_mapped_names_the_contradiction_and_believes_the_map(tmp_path):
    said = "\n".join(ran("declared_and_mapped", tmp_path))
    assert "cam_key_places: 0 .. 1 unknown (mâu thuẫn / conflict)" in said
    assert "loa_cntt_vt: 0 .. 0 fail" in said
    assert "12.0 map / 37.0 declared / 25.0" in said


def readme_commands() -> list[list[str]]:
    """The `hatangso …` lines of the README's shell blocks, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("hatangso ")]
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("words", readme_commands(), ids=" ".join)
def test_commands_of_the_readme_exist_with_their_options(words):
    command = get_command(assembled())
    while isinstance(command, Group):
        command = command.commands[words[0]]
        words = words[1:]
    told = command.make_context("hatangso", list(words))
    assert told.info_name == "hatangso"


def test_what_the_readme_points_to_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = [to for to in re.findall(r"\]\(([^)]+)\)", text) if not to.startswith("#")]
    assert len(linked) > 8
    assert [to for to in linked if not (ROOT / to).exists()] == []
