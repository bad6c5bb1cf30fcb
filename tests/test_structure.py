"""Rules of the code base that a machine can keep."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import geo.indicators
import geo.layers  # noqa: F401
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.reason import REASONS
from geo.words import catalogue

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for package in ("geo", "maps", "api") for p in (ROOT / package).rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "common", "base", "manager", "misc"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_modules_are_short_named_and_documented(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    assert path.stem not in VAGUE
    assert ast.get_docstring(tree(path)) or path.parent.name == "versions"


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_functions_are_short(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            doc = node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
            assert node.end_lineno - node.lineno + 1 - doc <= 45, node.name


def test_packages_point_inwards():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_only_crs_reprojects():
    guilty = [short(p) for p in MODULES if ".to_crs(" in p.read_text(encoding="utf-8") and p.name != "crs.py"]
    assert not guilty


def test_only_reading_and_writing_modules_of_geo_touch_files():
    opens = re.compile(
        r"\bopen\(|read_text\(|read_bytes\(|write_text\(|write_bytes\(|read_file\(|to_parquet\(|read_parquet\("
    )
    allowed = re.compile(
        r"geo/((read|write|worker|inspect)\w*|formats/\w+|criteria|words|boundaries|resources|confine)\.py"
    )
    guilty = [short(p) for p in MODULES if short(p).startswith("geo") and opens.search(p.read_text(encoding="utf-8"))]
    assert not [p for p in guilty if not allowed.fullmatch(p)]


@pytest.mark.parametrize("known", INDICATORS.values(), ids=lambda i: i.name)
def test_an_indicator_needs_layers_that_exist_and_says_how_they_move_it(known):
    assert set(known.layers) <= set(LAYERS)
    assert known.raised_by | known.lowered_by | known.reference | known.weighed_by <= set(known.layers)
    assert set(known.layers) <= known.raised_by | known.lowered_by | known.reference | known.weighed_by
    assert known.doc.endswith(".")
    assert known.radius in (*known.parameters, "")
    assert (known.reach == "radius") == bool(known.radius)


@pytest.mark.parametrize("spec", LAYERS.values(), ids=lambda s: s.name)
def test_a_layer_declares_indicators_that_exist_and_columns_it_has(spec):
    assert spec.vi and spec.en and spec.doc
    for rule in spec.declares:
        assert rule.indicator in (*INDICATORS, "")
        assert {rule.value, rule.of, rule.item_column} - {""} <= set(spec.names)
    assert set(spec.per) <= set(spec.names)


def said_in(path: Path) -> set[str]:
    """First arguments of `say("...")` and messages of `Notice(..., "error", "...")`."""
    calls = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Call)]
    named = [(getattr(c.func, "id", getattr(c.func, "attr", "")), c.args) for c in calls]
    said = [a[0] for f, a in named if f == "say" and a] + [a[2] for f, a in named if f == "Notice" and len(a) > 2]
    return {a.value for a in said if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def test_every_sentence_has_its_vietnamese():
    said = {text for path in MODULES for text in said_in(path)} | set(REASONS.values()) - {"{why}"}
    assert not sorted(said - set(catalogue("vi")))


def test_placeholders_are_the_same_in_both_languages():
    fields = re.compile(r"\{(\w+)")
    wrong = {text for text, said in catalogue("vi").items() if set(fields.findall(text)) != set(fields.findall(said))}
    assert not wrong
