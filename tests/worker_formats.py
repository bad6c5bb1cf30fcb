"""Formats that misbehave, and a reading process that knows them: started by tests as the process of `geo.worker`."""

import ctypes
import os
import signal
import socket
import subprocess
from pathlib import Path

import pandas as pd
import pyogrio
import pyogrio.errors

from geo.columns import Sheet
from geo.format import FORMATS, Format
from geo.limits import Limits
from geo.unusable import unusable
from geo.worker_drivers import registered


def one(text: str) -> Sheet:
    """A sheet of one cell."""
    return Sheet(("said",), pd.DataFrame({0: [text]}, index=pd.Index([2], name="row"), dtype=object))


def look(path: Path, limits: Limits) -> None:
    if "refuse" in path.read_text(encoding="utf-8"):
        raise unusable("{file} does not exist", code="file_missing", file=path.name)


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """Do what the file says."""
    deed, _, what = path.read_text(encoding="utf-8").partition(" ")
    return one(DEEDS[deed](what, path))


def hang(what: str, path: Path) -> str:
    while True:
        pass


def eat(what: str, path: Path) -> str:
    return str(len(bytearray(int(what) << 20)))


def die(what: str, path: Path) -> str:
    os.kill(os.getpid(), int(what))
    ctypes.string_at(0)
    return ""


def failing(what: str, path: Path) -> str:
    raise KeyError("a library failed")


def connect(what: str, path: Path) -> str:
    try:
        with socket.create_connection(("127.0.0.1", int(what)), timeout=2):
            return "connected"
    except OSError as error:
        return type(error).__name__


def peek(what: str, path: Path) -> str:
    try:
        return Path(what).read_text(encoding="utf-8")
    except OSError as error:
        return type(error).__name__


def put(what: str, path: Path) -> str:
    try:
        with Path(what).open("wb") as stream:
            stream.write(b"x" * 10)
        return "written"
    except OSError as error:
        return type(error).__name__


def run(what: str, path: Path) -> str:
    try:
        return subprocess.run([what], capture_output=True, check=True).stdout.decode() or "ran"
    except OSError as error:
        return type(error).__name__


def strike(what: str, path: Path) -> str:
    try:
        os.kill(int(what), signal.SIGTERM)
    except OSError as error:
        return type(error).__name__
    return "struck"


def tell(what: str, path: Path) -> str:
    return " ".join(sorted(os.environ)) + " " + os.getcwd()


def places(what: str, path: Path) -> str:
    found = []
    for place in range(3, 64):
        try:
            found.append(oct(os.fstat(place).st_mode & 0o170000))
        except OSError:
            continue
    return " ".join(found)


def where(what: str, path: Path) -> str:
    return f"in {path.parent}"


def drivers(what: str, path: Path) -> str:
    return ",".join(sorted(registered()))


def gdal(what: str, path: Path) -> str:
    try:
        return " ".join(str(v) for v in pyogrio.read_dataframe(what.strip()).to_numpy().ravel())
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        return type(error).__name__


def much(what: str, path: Path) -> str:
    return "x" * int(what)


DEEDS = {
    "say": lambda what, path: f"{what} {path.name}", "hang": hang, "eat": eat, "die": die, "fail": failing,
    "connect": connect, "peek": peek, "put": put, "run": run, "strike": strike, "tell": tell, "much": much,
    "where": where, "drivers": drivers, "gdal": gdal, "places": places,
}  # fmt: skip
DEED = Format("deed", "Deed", (".deed",), lambda head: head.split(b" ")[0].decode("latin-1") in DEEDS, look, read)

if __name__ == "__main__":
    from geo.worker_process import main

    FORMATS["deed"] = DEED
    main()
