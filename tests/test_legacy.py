"""Tables and decoders of encodings from before Unicode."""

import pytest
from legacy_text import WRITERS, seen_as_cp1252, unit_names

from geo.legacy import ENCODINGS, TCVN3, VISCII, VNI, unescaped

DECODE = {encoding.name: encoding.decode for encoding in ENCODINGS}
LETTERS = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâđêôơư"


@pytest.mark.parametrize(
    ("encoding", "given", "meant"),
    [
        ("TCVN3",
         "Nghi\xaan c\xf8u thùc tr¹ng vµ ®Þnh h\xadíng sö dông ®Êt", "Nghiên cứu thực trạng và định hướng sử dụng đất"),
        ("TCVN3", "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("TCVN3", "§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("VNI", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("VNI", "Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("VNI", "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("VISCII", "Vi\xaet Nam, ti\xaang Vi\xaet", "Việt Nam, tiếng Việt"),
        ("Windows-1258", "Viê\xf2t Nam, tiê\xecng", "Việt Nam, tiếng"),
        ("UTF-8", "Viá»‡t Nam", "Việt Nam"),
        ("Ð = Đ", "Ðông Sơn", "Đông Sơn"),
    ],
)  # fmt: skip
def test_published_samples_are_read(encoding, given, meant):
    assert DECODE[encoding](given) == meant


def test_tables_hold_every_vietnamese_letter():
    assert set(LETTERS) <= set(TCVN3.values())
    assert set(VISCII.values()) == set(LETTERS + LETTERS.upper())
    assert set(VNI.values()) == set(LETTERS + LETTERS.upper())


@pytest.mark.parametrize("encoding", WRITERS)
@pytest.mark.parametrize("seen", [str, seen_as_cp1252], ids=["latin-1", "cp1252"])
def test_every_official_name_comes_back_however_its_bytes_were_shown(encoding, seen):
    write, read = WRITERS[encoding], DECODE[encoding]
    wrong = {n: read(seen(write(n))) for n in unit_names() if read(seen(write(n))) != n}
    assert not wrong


@pytest.mark.parametrize("encoding", ["VNI", "VISCII", "Windows-1258", "UTF-8", "UTF-8 (2×)"])
def test_names_in_capitals_come_back(encoding):
    names = [n.upper() for n in unit_names()[::7]]
    assert [DECODE[encoding](WRITERS[encoding](n)) for n in names] == names


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("QUAN HO¸", "QUAN HOÁ"),  # a capital font: the bytes are small letters
        ("Hµ TRUNG", "HÀ TRUNG"),
        ("Hµ Trung", "Hà Trung"),
        ("TX. Hµ Trung", "TX. Hà Trung"),
        ("UBND x· Hµ", "UBND xã Hà"),
        ("X· ThiÕt èng", "Xã Thiết Ống"),
        ("§\xadêng èng", "Đường ống"),
        ("TOA¸N", "TOÁN"),  # as some converters write Á
    ],
)
def test_capitals_of_tcvn3_are_known_by_their_neighbours(given, meant):
    assert DECODE["TCVN3"](given) == meant


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "VISCII", "Windows-1258", "UTF-8"])
def test_a_text_with_letters_that_are_no_byte_is_not_of_that_encoding(encoding):
    assert DECODE[encoding]("Hoằng Hóa") is None


def test_the_typographic_signs_of_windows_stay():
    assert DECODE["TCVN3"]("\x93X·\x94 – “x·”") == "“Xã” – “xã”"


def test_bytes_of_utf8_that_programs_drop_are_put_back_only_where_they_are_sure():
    assert DECODE["UTF-8"]("HÃ Trung".replace("Ã ", "Ã\xa0 ")) == "Hà Trung"
    assert DECODE["UTF-8"]("HÃ Trung") == "Hà Trung"  # the hard space of à became a plain one
    assert DECODE["UTF-8"]("Ä\u00c3\u00b4ng") == "Đông"  # byte 90 is empty in Windows-1252
    assert DECODE["UTF-8"]("Xã Hoáº".replace("ã", "Ã£").replace("Hoáº", "Hoá»\u203a áº")) == "Xã Hoớ \ufffd"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (r"Thanh H\u00f3a", "Thanh Hóa"),
        (r"Thanh H\\u00f3a", "Thanh Hóa"),
        ("Th&#7885; &#x1ECD; &ocirc;", "Thọ ọ ô"),
        ("A &amp; B &lt;script&gt; &#60;", "A &amp; B &lt;script&gt; &#60;"),
        (r"\u0000 \u003c \ud83d", r"\u0000 \u003c \ud83d"),
    ],
)
def test_escapes_of_letters_become_letters_and_nothing_else_does(given, meant):
    assert unescaped(given) == meant
