"""One cell into one value: numbers, dates, periods, yes/no, choices and text as people write them in Vietnam.

A cell that can be read in two ways is never read: the code of the finding comes back instead of a value.
"""

import math
import re
from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime, timedelta, timezone
from functools import partial

import pandas as pd

from geo.layer import Column
from geo.names import fold, nfc

Cell = tuple[object, str]  # the value (None = nothing said) and the code of a finding ("" = none)
Reader = Callable[[object], Cell]

NOTHING: Cell = (None, "")
YES = {"co", "x", "1", "true", "yes", "y", "dung"}
NO = {"khong", "0", "false", "no", "n", "ko", "sai"}
SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
CLEAR = re.compile(r"[+-]?\d+(\.\d{1,2}|\.\d{4,})?")  # most numbers: the same in every reading
PLAIN = re.compile(r"[+-]?\d+")
POINT = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|0?\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+|0+\.\d+)"
)
COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d+,\d{1,2}|\d+,\d{4,}|\d{4,},\d+|0+,\d+)")
POWER = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"  # a local time of day after a date says nothing more of the day
ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")
HERE = timezone(timedelta(hours=7))  # Vietnam has no summer time
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + TIME)
ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})" + TIME)
YEAR = re.compile(r"(\d{4})")
MONTH = re.compile(r"(\d{4})[-/]?(\d{2})")
MONTH_FIRST = re.compile(r"(?:t|thang )?(\d{1,2})[/-](\d{4})")
QUARTER = re.compile(r"(\d{4})[ -/]?q([1-4])")
QUARTER_FIRST = re.compile(r"(?:q|quy )([1-4])[/ -](\d{4})")
ROMAN = {"quy i/": "quy 1/", "quy ii/": "quy 2/", "quy iii/": "quy 3/", "quy iv/": "quy 4/"}


def cells(raw: pd.Series, reader: Reader) -> tuple[list[object], list[str]]:
    """Each cell's value and finding, in order; equal cells are read once."""
    seen: dict[Hashable, Cell] = {}
    values, codes = [], []
    for given in raw.tolist():
        key = (type(given), given)
        if key not in seen:
            seen[key] = NOTHING if is_blank(given) else reader(given)
        value, code = seen[key]
        values.append(value)
        codes.append(code)
    return values, codes


def is_blank(given: object) -> bool:
    """Whether a cell says nothing: empty, missing, or only spaces."""
    if isinstance(given, str):
        return not given.strip()
    return given is None or given is pd.NA or given is pd.NaT or (isinstance(given, float) and math.isnan(given))


def as_text(given: object) -> str:
    """The cell as NFC text: a whole number has no ".0", a day no time, and our own apostrophe is off."""
    if isinstance(given, str):
        said = nfc(given)
        return said[1:] if said.startswith("'") and said[1:2] in tuple("=+-@＝＋－＠") else said
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, datetime) and (given.hour, given.minute, given.second) == (0, 0, 0):
        return given.date().isoformat()
    return nfc(str(given))


def reader_for(column: Column, raw: pd.Series, *, yes_is_one: bool = False, code: bool = False) -> Reader:
    """The reader of one column; `raw` decides what the column's separators and day order are.

    `yes_is_one`: a number may be said as có/không. `code`: "15991.0" is the code 15991.
    """
    if column.kind in ("number", "integer"):
        low, high = column.low, column.high
        style = number_style(raw, -math.inf if low is None else low, math.inf if high is None else high)
        number = partial(read_number, style=style)
        read = partial(read_integer, number=number) if column.kind == "integer" else number
        return partial(read_yes_or, number=read) if yes_is_one else read
    if column.kind == "date":
        return partial(read_date, mixed=month_comes_first(raw))
    if column.kind == "choice":
        return partial(read_choices if column.many else read_choice, known=spellings(column))
    return {"yesno": read_yesno, "period": read_period, "text": read_code if code else read_words}[column.kind]


def read_words(given: object) -> Cell:
    """The cell as text."""
    return as_text(given) or None, ""


def read_code(given: object) -> Cell:
    """The cell as a code: a whole number that a spreadsheet wrote as "15991.0" is "15991"."""
    said = as_text(given)
    return (said[:-2] if re.fullmatch(r"\d+\.0", said) else said) or None, ""


NumberStyle = Callable[[str], float | None]


def number_style(raw: pd.Series, low: float, high: float) -> NumberStyle:
    """How the column's ambiguous numbers ("1.234") are read: None where nothing in the column decides it.

    What decides: other numbers of the column with only one reading, else which of both readings lies in low..high.
    """
    texts = [v for v in raw.dropna().unique() if isinstance(v, str)]
    said = {SPACES.sub("", as_text(v)) for v in texts if not PLAIN.fullmatch(v)}
    point = any(POINT.fullmatch(s) for s in said)
    comma = any(COMMA.fullmatch(s) for s in said)
    return partial(read_either, mark="" if point == comma else "." if point else ",", low=low, high=high)


def read_either(said: str, *, mark: str, low: float, high: float) -> float | None:
    """An ambiguous number by its column's decimal mark ("" = unknown), else by the one reading within low..high."""
    decimal, grouped = float(said.replace(",", ".")), float(re.sub("[.,]", "", said))
    if mark:
        return decimal if mark in said else grouped
    fitting = [n for n in (decimal, grouped) if low <= n <= high]
    return fitting[0] if len(fitting) == 1 else None


def read_number(given: object, *, style: NumberStyle) -> Cell:
    """A finite number; `not_a_number` or `number_ambiguous`."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return (float(given), "") if math.isfinite(given) else (None, "not_a_number")
    if isinstance(given, str) and CLEAR.fullmatch(given):
        return float(given), ""
    said = SPACES.sub("", as_text(given)) if isinstance(given, str) else ""
    if EITHER.fullmatch(said) and not re.match(r"[+-]?0", said):
        value = style(said)
        return (value, "") if value is not None else (None, "number_ambiguous")
    if PLAIN.fullmatch(said) or POWER.fullmatch(said) or POINT.fullmatch(said):
        return float(said.replace(",", "")), ""
    if COMMA.fullmatch(said):
        return float(said.replace(".", "").replace(",", ".")), ""
    return None, "not_a_number"


def read_integer(given: object, *, number: Reader) -> Cell:
    """A whole number; `not_an_integer` besides the findings of a number."""
    if isinstance(given, str) and EITHER.fullmatch(SPACES.sub("", as_text(given))):
        given = re.sub("[.,]", "", SPACES.sub("", as_text(given)))  # "1.234" can only be grouped where it must be whole
    value, code = number(given)
    if code or not isinstance(value, float):
        return value, code
    return (int(value), "") if value.is_integer() else (None, "not_an_integer")


def read_yes_or(given: object, *, number: Reader) -> Cell:
    """A number, or có/không as 1/0."""
    said = fold(as_text(given))
    if said in YES | NO and not said.isdecimal():
        return (1.0 if said in YES else 0.0), ""
    return number(given)


def read_yesno(given: object) -> Cell:
    """A yes or a no; `not_yes_no`."""
    said = fold(as_text(given))
    if said in YES | NO:
        return said in YES, ""
    return None, "not_yes_no"


def month_comes_first(raw: pd.Series) -> bool:
    """Whether some date of the column can only be month/day/year, so that none of its unclear dates may be read."""
    found = [DAY_FIRST.fullmatch(nfc(v)) for v in raw.dropna().unique() if isinstance(v, str)]
    return any(int(m[1]) <= 12 < int(m[2]) for m in found if m)


def day_month_unclear(raw: Iterable[object]) -> bool:
    """Whether the column has dates such as 03/04/2025 and nothing in it that shows which number is the day."""
    found = [m for m in (DAY_FIRST.fullmatch(nfc(v)) for v in raw if isinstance(v, str)) if m]
    return any(m[1] != m[2] for m in found) and all(int(m[1]) <= 12 and int(m[2]) <= 12 for m in found)


def half_turned(raw: Iterable[object]) -> str:
    """A text that is a date, of a column whose text dates all have days above 12 while its date cells have none: ""
    elsewhere. So a spreadsheet leaves them that takes day/month for month/day where it can.
    """
    given = [v for v in raw if not is_blank(v)]
    days = [v.day for v in given if isinstance(v, date)]
    texts = [(int(m[1]), v) for v in given if isinstance(v, str) and (m := DAY_FIRST.fullmatch(nfc(v)))]
    turned = days and texts and max(days) <= 12 and min(day for day, _ in texts) > 12 and len(days) + len(texts) > 3
    return texts[0][1] if turned else ""


def read_date(given: object, *, mixed: bool) -> Cell:
    """A day: ISO, day/month/year, or a spreadsheet's own date; `not_a_date` or `date_ambiguous`."""
    if isinstance(given, str) and ZONED.fullmatch(given.strip()):
        given = datetime.fromisoformat(given.strip())
    if isinstance(given, datetime) and given.tzinfo is not None:
        given = given.astimezone(HERE)
    if isinstance(given, date):
        return pd.Timestamp(given).tz_localize(None).normalize(), ""
    said = nfc(given) if isinstance(given, str) else ""
    if iso := ISO_DAY.fullmatch(said):
        return day(int(iso[1]), int(iso[2]), int(iso[3]))
    if not (found := DAY_FIRST.fullmatch(said)):
        return None, "not_a_date"
    if mixed and int(found[1]) <= 12 and int(found[2]) <= 12:
        return None, "date_ambiguous"
    return day(int(found[3]), int(found[2]), int(found[1]))


def day(year: int, month: int, number: int) -> Cell:
    """The day as a timestamp; `not_a_date` where the calendar has none or it lies outside 1900..2100."""
    try:
        return (pd.Timestamp(year, month, number), "") if 1900 <= year <= 2100 else (None, "not_a_date")
    except ValueError:
        return None, "not_a_date"


def read_period(given: object) -> Cell:
    """A period as YYYYMM, YYYY or YYYYQn; `not_a_period`. A spreadsheet's date counts only on the first of a month."""
    if isinstance(given, date):
        return (f"{given:%Y%m}", "") if given.day == 1 else (None, "not_a_period")
    said = fold(as_text(given))
    for roman, digit in ROMAN.items():
        said = said.replace(roman, digit)
    if YEAR.fullmatch(said):
        year, part = said, ""
    elif found := QUARTER.fullmatch(said):
        year, part = found[1], f"Q{found[2]}"
    elif found := QUARTER_FIRST.fullmatch(said):
        year, part = found[2], f"Q{found[1]}"
    elif found := MONTH.fullmatch(said):
        year, part = found[1], found[2]
    elif found := MONTH_FIRST.fullmatch(said):
        year, part = found[2], found[1].zfill(2)
    else:
        return None, "not_a_period"
    month_fits = not part.isdecimal() or 1 <= int(part) <= 12
    return (year + part, "") if month_fits and 1900 <= int(year) <= 2100 else (None, "not_a_period")


def spellings(column: Column) -> dict[str, str]:
    """Folded spelling → code, for every allowed value of the column."""
    return {
        fold(s): choice.code for choice in column.choices for s in (choice.code, choice.vi, choice.en, *choice.also)
    }


def read_choice(given: object, *, known: dict[str, str]) -> Cell:
    """The code of one allowed value; `not_a_choice`."""
    code = known.get(fold(as_text(given)))
    return code, "" if code else "not_a_choice"


def read_choices(given: object, *, known: dict[str, str]) -> Cell:
    """Codes of allowed values joined with `,`, each once and in their declared order; `not_a_choice`."""
    parts = [p for p in (fold(part) for part in re.split(r"[,;+/]", as_text(given))) if p]
    if not parts or any(p not in known for p in parts):
        return read_choice(given, known=known)
    said = {known[p] for p in parts}
    return ",".join(c for c in dict.fromkeys(known.values()) if c in said), ""
