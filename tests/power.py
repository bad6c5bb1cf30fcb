"""A file system that forgets: what a program wrote, by the log of its system calls, and what a power loss leaves of it.

What was written since the last fsync of a file may be lost in any part of 4096 bytes; names made, changed or removed
since the last fsync of their folder too. A rename is whole or not at all.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,truncate,"
    "mkdir,mkdirat,lseek,close,link,linkat,fallocate,copy_file_range,sendfile,clone,clone3,vfork,fork"
)
BLOCK = 4096
LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(.*)", re.DOTALL)
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def calls(log):
    """Name, arguments and result of each call of the first process and its threads, in the order in which they ended."""
    found = list(every_call(log))
    forks = [(pid, arguments, result) for pid, name, arguments, result in found if name in FORKS]
    others = {result for _, arguments, result in forks if "CLONE_THREAD" not in arguments}
    while more := {result for pid, _, result in forks if pid in others} - others:
        others |= more
    return [(name, arguments, result) for pid, name, arguments, result in found if pid not in others]


FORKS = ("clone", "clone3", "vfork", "fork")


def every_call(log):
    """As `calls` with the number of the process, of all processes."""
    begun = {}
    for line in log.splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>").rstrip()
            continue
        again = re.match(r"<\.\.\. \w+ resumed>", rest)
        if again:
            rest = begun.pop(pid, "") + rest[again.end() :]
        found = LINE.fullmatch(f"{pid} {rest}")
        if found:
            yield found[1], found[2], found[3], found[4]


def texts(arguments):
    """The strings among the arguments, as bytes."""
    return [bytes.fromhex(found.replace("\\x", "")) for found in TEXT.findall(arguments)]


@dataclass
class File:
    """What a file holds now, what of it is on disk, and what was done to it since."""

    now: bytearray = field(default_factory=bytearray)
    disk: bytes = b""
    since: list = field(default_factory=list)

    def write(self, at, data):
        put(self.now, at, data)
        while data:
            step = BLOCK - at % BLOCK
            self.since.append((at, data[:step]))
            at, data = at + step, data[step:]

    def cut(self, size):
        resize(self.now, size)
        self.since.append((size, None))

    def sync(self):
        self.disk, self.since = bytes(self.now), []

    def left(self, keep):
        """Its bytes after a power loss; `keep` picks from what was done since the last fsync."""
        found = bytearray(self.disk)
        for at, data in keep(self.since):
            resize(found, at) if data is None else put(found, at, data)
        return bytes(found)


def put(content, at, data):
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def resize(content, size):
    del content[size:]
    content.extend(bytes(size - len(content)))


class Disk:
    """The files below `root` while the log is read."""

    def __init__(self, root: Path):
        self.root, self.noted = str(root), str(root.parent / "acks")
        self.now = {str(p): self.old(p) for p in root.rglob("*") if p.is_file()}
        self.names = dict(self.now)  # on disk
        self.since = defaultdict(list)  # folder -> changes of names: {name: file or None}
        self.open, self.acks = {}, b""

    def old(self, path):
        content = path.read_bytes()
        return File(bytearray(content), content)

    def ours(self, path):
        return path.startswith(self.root + "/") or path == self.root

    def change(self, folder, names):
        self.since[folder].append(names)
        for name, file in names.items():
            if file is None:
                self.now.pop(name, None)
            else:
                self.now[name] = file

    def left(self, keep):
        """Path -> bytes after a power loss."""
        names = dict(self.names)
        for changes in self.since.values():
            for change in keep(changes):
                for name, file in change.items():
                    names.pop(name, None) if file is None else names.__setitem__(name, file)
        return {name: file.left(keep) for name, file in names.items()}

    def apply(self, name, arguments, result):
        """One call that succeeded."""
        if result.startswith("-") or result == "?":
            return
        call = getattr(self, f"on_{name}", None)
        if call is not None:
            call(arguments, int(result, 0))

    def on_openat(self, arguments, fd):
        path = texts(arguments)[0].decode()
        self.open.pop(fd, None)
        if not self.ours(path) and path != self.noted:
            return
        if (
            self.ours(path)
            and Path(path).name not in ("",)
            and "O_DIRECTORY" not in arguments
            and (path in self.now or "O_CREAT" in arguments)
        ):
            if path not in self.now:
                self.change(str(Path(path).parent), {path: File()})
            elif "O_TRUNC" in arguments:
                self.now[path].cut(0)
            self.open[fd] = [self.now[path], 0, path, "O_APPEND" in arguments]
        else:
            self.open[fd] = [None, 0, path, False]

    def on_close(self, arguments, _):
        self.open.pop(number(arguments), None)

    def on_lseek(self, arguments, at):
        if number(arguments) in self.open:
            self.open[number(arguments)][1] = at

    def on_write(self, arguments, size):
        held = self.open.get(number(arguments))
        data = texts(arguments)[0][:size] if '"' in arguments else b""
        if held is None or held[0] is None:
            if held is not None and held[2] == self.noted:
                self.acks += data
            return
        if held[3]:
            held[1] = len(held[0].now)
        held[0].write(held[1], data)
        held[1] += size

    def on_pwrite64(self, arguments, size):
        held = self.open.get(number(arguments))
        if held is not None and held[0] is not None:
            held[0].write(int(arguments.rsplit(",", 1)[1], 0), texts(arguments)[0][:size])

    def on_ftruncate(self, arguments, _):
        held = self.open.get(number(arguments))
        if held is not None:
            held[0].cut(int(arguments.rsplit(",", 1)[1], 0))

    def on_fsync(self, arguments, _):
        held = self.open.get(number(arguments))
        if held is None:
            return
        if held[0] is not None:
            held[0].sync()
            return
        for change in self.since.pop(held[2], []):
            for name, file in change.items():
                self.names.pop(name, None) if file is None else self.names.__setitem__(name, file)

    on_fdatasync = on_fsync

    def on_rename(self, arguments, _):
        old, new = (text.decode() for text in texts(arguments)[:2])
        if self.ours(new):
            assert Path(old).parent == Path(new).parent, "a rename between folders is not modelled"
            self.change(str(Path(new).parent), {old: None, new: self.now[old]})

    on_renameat = on_renameat2 = on_rename

    def on_unlink(self, arguments, _):
        path = texts(arguments)[0].decode()
        if path in self.now:
            self.change(str(Path(path).parent), {path: None})

    on_unlinkat = on_unlink

    def unknown(self, arguments, _):
        """A call that writes and is not modelled must not touch our files."""
        assert number(arguments) not in self.open, f"not modelled: {arguments[:100]}"

    on_writev = on_pwritev = on_fallocate = on_copy_file_range = on_sendfile = unknown


def number(arguments):
    """The file descriptor that a call begins with."""
    return int(re.match(r"\d+", arguments)[0])
