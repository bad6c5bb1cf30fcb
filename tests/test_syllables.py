"""What counts as a Vietnamese syllable."""

import pytest
from legacy_text import unit_names

from geo.demo.village_names import WORDS
from geo.syllables import LETTERS, is_syllable, places, reads_as_vietnamese


def test_every_word_of_every_official_name_is_a_syllable():
    assert not {w for name in unit_names() for w in LETTERS.findall(name) if not is_syllable(w)}


def test_every_word_of_an_invented_village_is_a_syllable():
    words = {w for kind, first, last, _ in WORDS.values() for name in (kind, *first, *last) for w in name.split()}
    assert not {w for w in words if not is_syllable(w)}


@pytest.mark.parametrize(
    "word", ["hóa", "hoá", "thủy", "thuỷ", "quý", "gì", "giếng", "già", "quốc", "oanh", "HÒA", "Ý"]
)
def test_both_places_of_a_tone_and_the_odd_spellings_count(word):
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "hớng",  # hướng without its ư
        "đoc",  # c only with sắc or nặng
        "đòc",
        "hòá",  # two tones
        "thìên",  # the tone on the wrong letter
        "cê",  # kê
        "ngiêng",  # nghiêng
        "HoÀ",  # capitals inside
        "Müller", "café", "Hoa\u0301",  # foreign; marks apart
    ],
)  # fmt: skip
def test_what_no_one_writes_is_no_syllable(word):
    assert not is_syllable(word)


def test_old_and_new_spelling_differ_only_in_three_open_rimes():
    assert [r for r in ("oa", "oe", "uy", "oan", "ia", "uyên", "ươi") if len(places(r)) == 2] == ["oa", "oe", "uy"]


def test_a_text_reads_as_vietnamese_where_all_its_words_do():
    assert reads_as_vietnamese("Thôn 3, xã Hoằng Tiến")
    assert not reads_as_vietnamese("Thôn ABC")
    assert not reads_as_vietnamese("123")
