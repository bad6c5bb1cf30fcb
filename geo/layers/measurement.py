"""Measurements of mobile service: drive tests and speed tests such as i-Speed, one row per sample."""

from dataclasses import replace

from geo.layer import NAMED, OPERATOR, TECHNOLOGY, Choice, Column, Layer, layer

NETWORK = replace(
    TECHNOLOGY,
    choices=tuple(
        replace(c, also=(*c.also, *more))
        for c, more in zip(
            TECHNOLOGY.choices,
            (("edge", "gprs"), ("hspa", "hspa+", "umts/hspa"), ("lte-a", "lte advanced"), ("5g sa", "5g nsa", "nsa")),
            strict=True,
        )
    ),
    also=(*TECHNOLOGY.also, "loai_mang", "mang", "network type", "loại kết nối"),
    missing="possibly of any technology; several named: one of them",
)
KIND = (
    Choice("drive_test", "đo kiểm", "drive test", ("do_kiem", "driving test", "walk test")),
    Choice("i_speed", "i-Speed", "i-Speed", ("ispeed", "do toc do", "speed test", "speedtest")),
    Choice("other", "khác", "other"),
)


def _level(name: str, title: tuple[str, str], low: float, high: float, also: tuple[str, ...]) -> Column:
    return Column(name, "number", *title, unit="dBm", low=low, high=high, also=also)


def _speed(name: str, title: tuple[str, str], also: tuple[str, ...]) -> Column:
    return Column(name, "number", *title, unit="Mb/s", low=0, high=10_000, also=also)


measurement = layer(
    Layer(
        name="measurement",
        vi="Kết quả đo sóng và tốc độ",
        en="Measurements of signal and speed",
        geometry="point",
        per=("operator", "technology"),
        sensitivity="C3",
        taken_on="measured_on",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_mau", "ma_do"), missing="the row number is used"),
            *NAMED,
            replace(OPERATOR, also=(*OPERATOR.also, "isp", "nhà cung cấp dịch vụ"), missing="possibly of any operator"),
            NETWORK,
            Column(
                "measured_on",
                "date",
                "Ngày đo",
                "Measured on",
                also=("ngay", "ngay_do", "date", "thời gian đo", "thoi_gian"),
                missing="the date of the file",
                example="2026-10-01",
            ),
            Column("kind", "choice", "Loại đo", "Kind", choices=KIND, also=("loai", "loai_do"), example="đo kiểm"),
            # what terminals can report: TS 36.133 and 38.133 RSRP -156..-31, SINR -23..40; TS 25.133 RSCP -120..-25
            _level("rsrp_dbm", ("RSRP (dBm)", "RSRP"), -156, -31, ("rsrp", "ss rsrp", "muc_thu_4g")),
            _level("rscp_dbm", ("RSCP (dBm)", "RSCP"), -125, -25, ("rscp", "muc_thu_3g")),
            Column("sinr_db", "number", "SINR (dB)", "SINR", unit="dB", low=-23, high=40, also=("sinr",)),
            _speed(
                "download_mbps",
                ("Tốc độ tải xuống (Mb/s)", "Download speed"),
                ("dl_mbps", "download", "download mbps", "tốc độ tải xuống", "toc do tai xuong mbps", "tải xuống"),
            ),
            _speed(
                "upload_mbps",
                ("Tốc độ tải lên (Mb/s)", "Upload speed"),
                ("ul_mbps", "upload", "upload mbps", "tốc độ tải lên", "toc do tai len mbps", "tải lên"),
            ),
            Column(
                "latency_ms",
                "number",
                "Độ trễ (ms)",
                "Latency",
                unit="ms",
                low=0,
                high=60_000,
                also=("ping", "ping ms", "latency", "độ trễ", "do_tre"),
            ),
            Column("device", "text", "Thiết bị đo", "Device", also=("thiet_bi", "may_do", "device model")),
        ),
        doc="One sample at one place and time: level, speed or both. Never who measured, nor a phone's number.",
    )
)
