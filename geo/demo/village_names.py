"""Plausible invented names of villages, unique within their commune."""

import numpy as np

PLAIN_FIRST = (
    "Kim",
    "Đông",
    "Phú",
    "Xuân",
    "Vĩnh",
    "Yên",
    "Hòa",
    "Tân",
    "Trung",
    "Thượng",
    "Hạ",
    "Đại",
    "Mỹ",
    "Ngọc",
    "Liên",
    "Quang",
)
PLAIN_LAST = (
    "Tân",
    "Sơn",
    "Thọ",
    "Lộc",
    "Thịnh",
    "Hải",
    "Tiến",
    "Long",
    "Giang",
    "Thành",
    "Bình",
    "Phong",
    "Minh",
    "Xá",
    "Quý",
)
HIGH_FIRST = (
    "Pù",
    "Nà",
    "Suối",
    "Hua",
    "Co",
    "Piềng",
    "Pọng",
    "Chiềng",
    "Bó",
    "Xía",
    "Khằm",
    "Poọng",
    "Cha",
    "Sài",
    "Tân",
)
HIGH_LAST = (
    "Lốc",
    "Quăn",
    "Khoang",
    "Nọi",
    "Lương",
    "Mòn",
    "Hin",
    "Đứa",
    "Ngà",
    "Lanh",
    "Hạ",
    "Pá",
    "Cốc",
    "Tong",
    "Hợp",
)
WORDS = {
    "high": ("Bản", HIGH_FIRST, HIGH_LAST, 0.05),
    "midland": ("Thôn", HIGH_FIRST + PLAIN_FIRST, PLAIN_LAST, 0.35),
    "plain": ("Thôn", PLAIN_FIRST, PLAIN_LAST, 0.5),
    "coast": ("Thôn", PLAIN_FIRST, PLAIN_LAST, 0.5),
    "town": ("Khu phố", PLAIN_FIRST, PLAIN_LAST, 0.5),
}


def village_names(region: str, n: int, rng: np.random.Generator) -> list[str]:
    """`n` different names as that region would have them: "Bản Pù Quăn", "Thôn 3", "Khu phố Kim Sơn"."""
    kind, first, last, numbered = WORDS[region]
    in_numbers = round(n * numbered * float(rng.uniform(0.5, 1.5)))
    pairs = list(dict.fromkeys(f"{a} {b}" for a in first for b in last if a != b))
    chosen = rng.choice(len(pairs), max(n - in_numbers, 0), replace=False)
    names = [f"{kind} {i}" for i in range(1, min(in_numbers, n) + 1)] + [f"{kind} {pairs[i]}" for i in chosen]
    return [names[i] for i in rng.permutation(n)]
