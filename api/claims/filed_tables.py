"""A table of coverage (pasted, CSV or workbook) as rows to file, read like every other file of a sender."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore

from sqlalchemy.orm import Session

from api.claims.bodies import ROWS, FilingTableBody, RowSent
from api.claims.desk import Desk, Register, register
from api.claims.filing import Filed, WrongRow, checked, filing_operator, keep_filing
from api.claims.states import SERVICES
from api.database import reading
from api.gazetteer import gazetteer
from api.problems import Problem, Wrong
from api.work.photos import Refused
from api.work.uploads import own, path_of
from geo.errors import InputError
from geo.layer import NAMED, TECHNOLOGY, Choice, Column, Layer
from geo.limits import UPLOAD
from geo.notices import Notice
from geo.read import layer_rows, read_sheet
from geo.units import Units
from geo.write import write_bytes

AT_ONCE, WAIT_S = 2, 30.0
_reading = BoundedSemaphore(AT_ONCE)
LIMITS = replace(UPLOAD, packed=4_000_000, unpacked=40_000_000, features=ROWS - 1, rows=ROWS - 1, seconds=30)
ALSO = {
    "mobile": ("di dong", "thong tin di dong", "di dong mat dat"), "fibre": ("cap quang", "co dinh", "ftth", "fiber"),
    "wifi": ("wi-fi", "wifi cong cong"),
}  # fmt: skip
SERVICE = Column(
    "service", "choice", "Dịch vụ", "Service", required=True, also=("dich_vu", "loai_dich_vu"), example="di động",
    choices=tuple(Choice(s, ALSO[s][0] if s == "wifi" else {"mobile": "di động", "fibre": "cáp quang"}[s], s, ALSO[s])
                  for s in SERVICES),
)  # fmt: skip
SERVED = Column(
    "served", "yesno", "Có phục vụ", "Served", required=True, also=("co_phuc_vu", "phuc_vu", "phu_song"), example="có"
)
SPEED = Column(
    "max_mbps", "number", "Tốc độ tối đa (Mbit/s)", "Highest speed", unit="Mbit/s", low=0.001, high=100_000,
    also=("toc_do", "toc_do_toi_da", "mbps", "toc_do_mbps"), example="100",
)  # fmt: skip
FILING = Layer(  # not registered: it is filed, never imported
    "filing", "Kê khai phục vụ", "Filed coverage", "none",
    (*NAMED, SERVICE, replace(TECHNOLOGY, many=False), SERVED, SPEED),
    "Which villages an operator serves: one row per village, service and (mobile) technology.",
)  # fmt: skip
VILLAGE_MISSING = "the row names no village; give its code, or its name and its commune"
NO_ROWS = "The table has headings but no rows."
REFUSED = "{n} of {of} rows cannot be taken, so none was. Mend them, or choose that the good rows are taken alone."
ONE_TABLE = "Send one table: paste it, or choose a file."


@dataclass(frozen=True, slots=True)
class TableRead:
    """Good rows with the sender's row numbers, the rows that cannot be read, and what was not taken as written."""

    rows: list[RowSent]
    numbers: list[int]
    wrong: list[WrongRow]
    remarks: list[WrongRow]


def read_table(desk: Desk, body: FilingTableBody) -> TableRead:
    """The rows of what was sent; long work, done before anything is locked. `Problem` where nothing can be read."""
    if (body.table is None) == (body.upload is None):
        raise Problem("evidence_needed", (Wrong(parameter="table"),), detail=ONE_TABLE)
    with reading(desk.workspace.engine) as session:
        units = units_now(desk, register(desk.workspace, session, desk.today))
        file = None if body.upload is None else _sent(session, desk, body.upload)
    if not _reading.acquire(timeout=WAIT_S):
        raise Problem("busy", headers={"retry-after": "10"})
    try:
        if file is not None:
            return _read(file, units)
        with TemporaryDirectory(prefix="hatangso-filing-") as folder:
            pasted = Path(folder) / "pasted.csv"
            write_bytes((body.table or "").encode(), pasted)
            return _read(pasted, units)
    except InputError as error:
        raise Refused("file_refused", detail=str(error)) from error
    finally:
        _reading.release()


def units_now(desk: Desk, units: Register) -> Units:
    """The units of today's register with their names."""
    known = gazetteer(desk.workspace).places.get(units.vintage.isoformat())
    if known is None:
        raise Problem("no_communes")
    return known.units


def _sent(session: Session, desk: Desk, upload: str) -> Path:
    path = path_of(desk.workspace.path, own(session, desk.person, upload))
    if not path.is_file():
        raise Problem("not_found")
    return path


def _read(path: Path, units: Units) -> TableRead:
    found = layer_rows(read_sheet(path, limits=LIMITS), FILING, areas=units)
    bad = [n for n in found.notices if n.severity == "error"]
    if not len(found.frame) and not bad:
        bad = [Notice("table_empty", "error", NO_ROWS)]
    frame = found.frame.assign(row=found.rows)
    nowhere = frame["village_named"].isna()
    bad += [Notice("village_missing", "error", VILLAGE_MISSING, int(row)) for row in frame.loc[nowhere, "row"]]
    good = frame[~nowhere]
    speeds = good["max_mbps"].astype(object).where(good["max_mbps"].notna(), None)
    given = zip(
        good["village_named"], good["service"], good["technology"].fillna(""), good["served"], speeds, strict=True
    )
    rows = [RowSent(village=v, service=s, technology=t, served=bool(on), max_mbps=m) for v, s, t, on, m in given]
    remarks = [_row(n) for n in found.notices if n.severity == "warning"]
    return TableRead(rows, [int(n) for n in good["row"]], [_row(n) for n in bad], remarks)


def _row(notice: Notice) -> WrongRow:
    column = f".{notice.column}" if notice.column else ""
    return WrongRow(
        parameter=f"rows.{notice.row}{column}", found=notice.value[:100] or None, row=notice.row, code=notice.code,
        message=notice.text("vi"), message_en=notice.text("en"),
    )  # fmt: skip


def file_table(session: Session, desk: Desk, read: TableRead, body: FilingTableBody) -> Filed:
    """File what was read. `Problem` naming the bad rows unless the good ones are to be taken alone."""
    whose = filing_operator(desk, body.operator)
    units = register(desk.workspace, session, desk.today)
    good, more = checked(read.rows, units, read.numbers)
    wrong = sorted([*read.wrong, *more], key=lambda row: row.row)
    whole_file = any(row.row == 0 for row in wrong)
    if wrong and (whole_file or not body.accept_good_rows or not good):
        values = {"n": len({row.row for row in wrong}), "of": len(good) + len({row.row for row in wrong})}
        raise Problem("rows_refused", tuple(wrong), detail="" if whole_file else REFUSED, values=values)
    return keep_filing(session, desk, whose, (units, good, wrong), "rows")
