"""What the kernel forbids a restricted process: files, programs, ports. The real kernel, in processes of their own."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhi_center import resources
from nhi_center.isolation import landlock
from nhi_center.isolation.landlock import NotRestricted, Right, Why
from nhi_center.isolation.table import Access, table
from nhi_center.settings import Address
from tests.support.restricted import terminal, told


@pytest.fixture
def listeners() -> Iterator[tuple[int, int]]:
    """Two ports of loopback where somebody listens: the permitted and another."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        yield sockets[0].getsockname()[1], sockets[1].getsockname()[1]


FILES = """
outside = folder / "outside"
outside.mkdir()
(outside / "there").write_text("x")
inside = settings.business_folder
program = inside / "program"
program.write_text("#!/bin/true\\n")
program.chmod(0o700)
(inside / "a").mkdir(); (inside / "b").mkdir(); (inside / "a" / "moved").touch()
told["version"] = files().version
tried("write inside", lambda: (inside / "new").write_text("x") and None)
tried("move inside", lambda: (inside / "a" / "moved").rename(inside / "b" / "moved") and None)
tried("remove inside", lambda: (inside / "new").unlink())
tried("link inside", lambda: (inside / "link").symlink_to("/etc"))
tried("write outside", lambda: (outside / "new").write_text("x") and None)
tried("read outside", lambda: (outside / "there").read_text() and None)
tried("remove outside", lambda: (outside / "there").unlink())
tried("list outside", lambda: os.listdir(outside) and None)
tried("move out", lambda: (inside / "b" / "moved").rename(outside / "moved") and None)
tried("root", lambda: os.listdir("/") and None)
tried("settings", lambda: (folder / "terminal.toml").read_text() and None)
tried("write settings", lambda: (folder / "terminal.toml").write_text("") and None)
tried("start inside", lambda: os.waitpid(os.posix_spawn(program, ["x"], os.environ), 0) and None)
tried("start other", lambda: os.waitpid(os.posix_spawn("/bin/true", ["x"], os.environ), 0) and None)
tried("start python", lambda: os.waitpid(os.posix_spawn(sys.executable, ["x", "-c", "pass"], os.environ), 0) and None)
"""


def test_only_the_business_folder_is_written_and_nothing_in_it_is_started(tmp_path: Path) -> None:
    terminal(tmp_path)
    found = told(tmp_path, FILES)
    assert found.pop("version") == landlock.version()
    allowed = {"write inside", "move inside", "remove inside", "settings", "start python"}
    assert {name for name, how in found.items() if how == "done"} == allowed
    assert {how for name, how in found.items() if name not in allowed} <= {"EACCES", "EXDEV"}


CHILD = """
files()
import subprocess
program = "import socket, sys; open(sys.argv[1], 'w')"
done = subprocess.run([sys.executable, "-c", program, str(folder / "by-child")], capture_output=True, text=True)
told["child"] = done.stderr.strip().splitlines()[-1]
import threading
thread = threading.Thread(target=lambda: tried("thread", lambda: (folder / "by-thread").write_text("x") and None))
thread.start(); thread.join()
"""


def test_threads_and_processes_started_later_inherit_it(tmp_path: Path) -> None:
    terminal(tmp_path)
    found = told(tmp_path, CHILD)
    assert "PermissionError" in found["child"]
    assert found["thread"] == "EACCES"
    assert not list(tmp_path.glob("by-*"))


PORTS = """
files()
def connect(port):
    with socket.socket() as one:
        one.connect(("127.0.0.1", port))
tried("permitted", lambda: connect(settings.segment.port))
tried("printer", lambda: connect(settings.printers[0].port))
tried("other", lambda: connect({other}))
tried("bind", lambda: socket.socket().bind(("127.0.0.1", 0)))
"""


def test_only_the_named_ports_are_connected_to(tmp_path: Path, listeners: tuple[int, int]) -> None:
    permitted, other = listeners
    with socket.create_server(("127.0.0.1", 0)) as printer:
        terminal(tmp_path, permitted, printers=(Address("127.0.0.1", printer.getsockname()[1]),))
        found = told(tmp_path, PORTS.format(other=other))
    assert found == {"permitted": "done", "printer": "done", "other": "EACCES", "bind": "EACCES"}


ABSTRACT = """
before = socket.socket(socket.AF_UNIX); before.bind("\\0nhi-test-" + str(os.getpid())); before.listen()
def connect():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\\0nhi-test-" + name)
child = os.fork()
name = str(os.getppid() if not child else os.getpid())
if not child:
    tried("before", connect)
    told["known"] = landlock.shut_out_abstract_sockets()
    tried("after", connect)
    print(json.dumps(told), flush=True)
    os._exit(0)
os.waitpid(child, 0)
told = {}
sys.exit(0)
"""


def test_sockets_without_a_path_are_shut_out_by_the_second_layer(tmp_path: Path) -> None:
    terminal(tmp_path)
    assert told(tmp_path, ABSTRACT) == {"before": "done", "known": True, "after": "EPERM"}


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSYS, Why.NOT_IN_KERNEL),
        (errno.EOPNOTSUPP, Why.SWITCHED_OFF),
        (errno.EPERM, Why.NOT_ALLOWED),
        (errno.E2BIG, Why.TOO_MANY),
        (errno.EIO, Why.OTHER),
    ],
)
def test_reasons_are_told_apart(number: int, why: Why, tmp_path: Path) -> None:
    """A kernel without Landlock, or a container that forbids it, is made by a filter that answers so."""
    terminal(tmp_path)
    code = f"""
from nhi_center.isolation import bpf
machine = seccomp.MACHINES[os.uname().machine]
program = bpf.Program()
program.load(bpf.NUMBER)
program.if_equal(444, "landlock")
program.give(bpf.ALLOW)
program.label("landlock")
program.give(bpf.refusal({number}))
landlock.give_up_new_privileges()
seccomp._install(machine, program.assemble(), 0)
try:
    files()
except landlock.NotRestricted as error:
    told["why"] = error.why.name
"""
    assert told(tmp_path, code) == {"why": why.name}


def test_layers_cannot_be_laid_without_end(tmp_path: Path) -> None:
    terminal(tmp_path)
    code = """
try:
    for number in range(30):
        files()
except landlock.NotRestricted as error:
    told.update(why=error.why.name, after=number)
"""
    assert told(tmp_path, code) == {"why": "TOO_MANY", "after": 16}


def test_older_kernels_are_asked_for_what_they_know() -> None:
    assert [int(landlock._handled(version)).bit_length() for version in range(1, 8)] == [13, 14, 15, 15, 16, 16, 16]


def test_every_rule_has_its_reason_and_none_is_wider_than_it_says(tmp_path: Path) -> None:
    settings = terminal(tmp_path)
    rules = table(
        settings,
        tmp_path / "terminal.toml",
        {"XAUTHORITY": "/run/x/auth", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/x/bus,guid=1"},
    )
    reasons = [rule.reason for rule in rules.paths] + [one.reason for one in rules.ports] + [one.reason for one in rules.sockets]
    assert all(reasons)
    written = [rule.path for rule in rules.paths if rule.access in (Access.WORK, Access.SHARED_MEMORY)]
    assert written == [Path("/dev/shm"), settings.business_folder]
    started = [rule.path for rule in rules.paths if Right.EXECUTE in rule.access.value]
    assert all("python" in path.name or path.name.startswith("ld-") for path in started)
    assert not Access.WORK.value & (Right.EXECUTE | Right.MAKE_CHAR | Right.MAKE_BLOCK | Right.MAKE_LINK | Right.MAKE_SOCKET)
    assert Path("/run/x/bus") in [rule.path for rule in rules.sockets]
    readable = [rule.path for rule in rules.paths]
    assert any(resources.root().is_relative_to(path) for path in readable)
    assert Path("/") not in [rule.path for rule in rules.paths]


def test_what_is_no_rule_is_refused_before_anything_is_in_force() -> None:
    with pytest.raises(NotRestricted) as caught:
        landlock._call(landlock._ADD_RULE, -1, 1, None, 0)
    assert caught.value.why is Why.OTHER
