"""The demo of two communes instead of a province: made once, and gone on with in another language."""

from datetime import date
from functools import partial

import pandas as pd
from conftest import WORK, cells

from api import illustration
from api.assessing import Asked
from geo.demo import DemoLayer
from geo.demo.dataset import form

COMMUNES = pd.DataFrame({"code": ["14758", "14797"], "name": ["Phường Một", "Xã Hai"], "people": [300.0, 700.0]})

RULES = """
id: toy
title: {vi: Bộ thử, en: Toy}
legal: none
valid_from: 2025-01-01
criteria:
  - {id: wifi, indicator: wifi_public_count, confidence: {item: D, threshold: D}, commune: {at_least: 1}}
"""


def test_the_demo_goes_on_in_another_language_with_the_run_that_is_there(tmp_path, monkeypatch):
    frame = form("commune", COMMUNES, [cells(0, 0, 3, 3), cells(3, 0, 3, 3)], WORK)
    layer = DemoLayer("commune", frame, "Sở", date(2025, 7, 1), (), published=False)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    monkeypatch.setattr(illustration, "demo_layers", lambda _: [layer])
    monkeypatch.setattr(illustration, "CRITERIA", rules)
    monkeypatch.setattr(illustration, "Asked", partial(Asked, also=""))  # one criterion instead of fifty
    steps, made, said = [], {}, {}
    for lang in ("vi", "en", "vi"):
        made[lang] = illustration.make_demo(tmp_path, 1, lang, steps.append)
        said[lang] = (tmp_path / "ha-tang-so.html").read_text(encoding="utf-8")
    assert made["vi"] == made["en"] and steps.count("Assessing every area") == 1
    assert ['lang="vi"' in said["vi"], 'lang="en"' in said["en"]] == [True, True]
    assert len(made["en"].files) == len(set(made["en"].files)) >= 6
