"""What a Vietnamese syllable is: onset, rime and tone. Evidence for how a text was encoded; says nothing of meaning.

The rimes are those of the school orthography (Hoàng Phê, Từ điển tiếng Việt), with the endings that names from the
highlands add (Poọng, Đắk, Pôông). Both places of the tone mark count: hóa and hoá.
"""

import re
import unicodedata
from functools import lru_cache

TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
STOPPED = "\u0301\u0323"  # before c, ch, k, p, t only sắc and nặng are spoken
QUALITY = "ăâêôơư"
VOWELS = "aeiouy" + QUALITY
LONGEST = 7  # nghiêng
ONSETS = (
    "ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
SPELT = """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc
    op ot ô ôc ôi ôk ôm ôn ông ôp ôt ôông ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh
    uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
SPELT_AFTER_QU = """
    a ac ach ai an ang anh ao at au ay ăc ăn ăng ăt âc ân âng ât ây e en eo et ê êch ên ênh êt i ich inh it ôc ơ ơi
    y ych yên yêt ynh yt
"""
RIMES, AFTER_QU = frozenset(SPELT.split()), frozenset(SPELT_AFTER_QU.split())
FREQUENT = """
    biết biển báo bãi bên bình bưu bản bảng bắc bằng bị bỏ bộ chiếu chiều chiểu châu chí chính chưa chạy chắc chắn
    chỉ chọn chồng chỗ chứa chữ các cách cái cáp cát cây còn có công cùng cũ cũng cơ cả cấp cần cầu cẩm cắt cổ cột
    của diện dài dân dòng dùng dương dạng dấu dụ dữ giá giới giữ gì gõ gần gửi hiền hiểu hiện hiệu hoàng hoằng hoặc
    huyện hà hàm hãy hình hòa hóa hùng hơn hưng hướng hạ hải hậu hệ học hỏng hồi hộ hở hợp khoảng khác khê không
    khương khớp kiểm kiện kiệt kèm kê ký kết kỳ liên liệt liệu loại luận là làm làng lát lâm lý lĩnh lũng lư lưu
    lương lượng lại lấn lấy lần lập lệ lỗi lộc lớn lớp lợi mà mã mèo mìn mường mạng mất mọi mốc mỗi một mới mở mục
    mức mỹ nghĩa nghề ngoài nguyên nguyệt nguồn ngành ngày người ngưỡng ngược ngọc nhiều nhà nhân như nhưng nhất
    nhận nhập những nào này nên nêu nói nông nút năm nơi nước nằm nếu nối nội phiên phân phép phú phúc phường phải
    phần phủ pù quá quý quả quảng quận quỳ ruộng rõ rồi rồng rộng rừng suối sách sóng sông sơn số sổ sở sửa sự thiên
    thiết thiếu thiện thiệu thuê thuộc thành thái tháng thêm thì thôn thăng thư thượng thạch thật thắng thể thị
    thịnh thọ thủy thứ thức tiêu tiến toàn triệu trên trí trùng trước trường trạm trạng trạo trấn trẻ trị trống
    tuyến tuổi tâm tân tên tìm tích tính tượng tại tạo tải tất tầng tế tệp tỉnh tọa tốc tổng từ từng tự việc và vào
    vân ví vùng văn vĩ vĩnh vạn vẫn vẽ về vệ vị với vụ xuân xác xã xóm yên ít ô đa đang điền điểm điện đo đánh đâu
    đây đã đình đó đông đúng đơn đường được đại đạt đầu đầy đặt đến đề để đỉnh địa định đọc đối đồ đồi đồng đổi độ
    đội đủ ấp ống ở
"""
COMMON = frozenset(FREQUENT.split())  # the most frequent in headings and official names, none of plain letters only
SPELT_APART = {"k": "iyeê", "gh": "ieê", "ngh": "ieê"}  # before these vowels only
NEVER_BEFORE = {"c": "iyeê", "ng": "iyeê"}
LETTERS = re.compile(r"[^\W\d_]+")


def is_syllable(word: str) -> bool:
    """Whether the word is a syllable in NFC, written lower, Title or UPPER; foreign words are not."""
    return len(word) <= LONGEST and spelt(word)


@lru_cache(maxsize=100_000)
def spelt(word: str) -> bool:
    """As `is_syllable`, remembered."""
    if not (word.islower() or word.istitle() or word.isupper()):
        return False
    marks = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in marks if c in TONES]
    if len(tones) > 1 or unicodedata.normalize("NFC", word) != word:
        return False
    bare = toneless(word.lower())
    tone = tones[0] if tones else ""
    at = tone_place(word.lower()) if tone else -1
    return any(fits(bare, len(onset), tone, at) for onset in ONSETS if bare.startswith(onset))


def toneless(word: str) -> str:
    """The word without its tone mark: hướng → hương."""
    return unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", word) if c not in TONES))


def tone_place(word: str) -> int:
    """Which letter of the word, counted from 0, carries the tone mark."""
    return next(i for i, letter in enumerate(word) if set(unicodedata.normalize("NFD", letter)) & set(TONES))


def fits(bare: str, cut: int, tone: str, at: int) -> bool:
    """Whether the toneless word, cut into onset and rime, is spelt as one, and can have the tone on that letter."""
    onset, rime = bare[:cut], bare[cut:]
    if rime not in (AFTER_QU if onset == "qu" else RIMES):
        return False
    if rime[0] not in SPELT_APART.get(onset, rime[0]) or rime[0] in NEVER_BEFORE.get(onset, ""):
        return False
    if onset == "gi" and rime[0] == "i":
        return False
    stopped = rime.endswith(("c", "ch", "k", "p", "t"))
    if stopped and (not tone or tone not in STOPPED):
        return False
    return not tone or at - cut in places(rime)


@lru_cache(maxsize=1000)
def places(rime: str) -> frozenset[int]:
    """The letters of a rime that may carry its tone mark: one, or two where old and new spelling differ."""
    vowels = [i for i, letter in enumerate(rime) if letter in VOWELS]
    quality = [i for i in vowels if rime[i] in QUALITY]
    if rime in ("oa", "oe", "uy"):
        return frozenset((0, 1))
    if quality:
        return frozenset(quality[-1:])
    if len(vowels) == 3 or rime[len(vowels) :]:  # oai; oan, uynh, oong
        return frozenset((1,)) if len(vowels) > 1 else frozenset((0,))
    return frozenset((0,))


def reads_as_vietnamese(text: str) -> bool:
    """Whether every run of letters in the text is a syllable, and there is at least one."""
    words = LETTERS.findall(text)
    return bool(words) and all(is_syllable(word) for word in words)
