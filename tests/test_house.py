"""The rules of the house, as tests: style, types, layers, what is installed, and what is never written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "nhi_center"
LOCKS = tuple(sorted((ROOT / "installer").glob("requirements*.txt")))
TOP_LEVEL = {"CHANGELOG.md", "LICENSE", "README.md", "installer", "out", "pyproject.toml", "resources", "src", "tests"}
MOST_LINES = 400

# Each with the reason it is never written in src/, and where it may stand all the same.
FORBIDDEN = (
    (r"\bmoveToThread\b|\bQThread\b|\bQRunnable\b", "work runs in the lanes of tasks", ()),
    (r"\bprocessEvents\b|\bQEventLoop\b|\bexec_\(", "no nested event loop", ()),
    (r"\.exec\(", "dialogs are opened with open(), never exec()", ("app.py", "training/")),
    (
        r"\bdate\.today\(|\bdatetime\.(now|today)\(|\btime\.time\(",
        "time comes from the clock port",
        ("services/clock.py", "gateway/", "verify/"),
    ),
    (r"\bpysqlcipher\b", "that dialect picks a pool which crashes", ()),
    (r"\bkeyring\.(get|set|delete)_\w+\(|\bget_keyring\(", "the backend is made explicitly, never chosen by keyring", ()),
    (r"\burllib\.request\b", "one client leaves the machine: link", ()),
    (r"\bshell=True\b|\bos\.system\(", "no shell reads our arguments", ()),
    # The pipe to the PDF process, which this program started itself, carries what multiprocessing would carry.
    (r"\bpickle\b", "data is never code", ("printing/",)),
    (r"\bTODO\b|\bFIXME\b|\bXXX\b|\bNotImplementedError\b", "what is here is finished", ()),
)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def run_tool(tool: str, *arguments: str) -> None:
    """Runs a tool of this environment on the source tree; its own words are the failure's text."""
    command = [str(Path(sys.executable).parent / tool), *arguments]
    surroundings = os.environ | {"PYTHONPATH": "src"}
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=surroundings, timeout=300, check=False)
    if result.returncode:
        pytest.fail(f"{tool} {' '.join(arguments)}\n{result.stdout}{result.stderr}", pytrace=False)


def test_ruff_has_no_complaint() -> None:
    run_tool("ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_code_is_formatted() -> None:
    run_tool("ruff", "format", "--check", "--no-cache", ".")


def test_types_hold() -> None:
    run_tool("mypy")


def test_layers_hold() -> None:
    run_tool("lint-imports", "--no-cache", "--no-logo")


def test_files_stay_small() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("src", "tests", "installer")}
    assert not [f"{path.relative_to(ROOT)}: {lines}" for path, lines in sizes.items() if lines >= MOST_LINES]


@pytest.mark.parametrize(("pattern", "reason", "allowed"), FORBIDDEN, ids=[rule[1] for rule in FORBIDDEN])
def test_forbidden_words_are_not_written(pattern: str, reason: str, allowed: tuple[str, ...]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()} ({reason})"
        for path in python_files("src")
        if not path.relative_to(SOURCE).as_posix().startswith(allowed)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found


def test_tests_wait_for_conditions_not_for_time() -> None:
    pattern = re.compile(r"\bsleep\(|\bqWait\(|\bqtbot\.wait\(")
    found = [
        path.name for path in python_files("tests") if path.name != "test_house.py" and pattern.search(path.read_text("utf-8"))
    ]
    assert not found


def test_every_module_postpones_annotations() -> None:
    wish = "from __future__ import annotations"
    texts = {path.relative_to(ROOT): path.read_text("utf-8") for path in python_files("src")}
    # A module of imports alone, such as a package's front, has no annotations.
    assert not [path for path, text in texts.items() if wish not in text and re.search(r"^\s*(class|def) ", text, re.MULTILINE)]


def test_top_level_holds_only_what_belongs_there() -> None:
    assert {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize(
    "name",
    ["installer/run.sh", "installer/test.sh", "installer/setup.sh", "installer/lock.sh", "installer/make_verifier.sh", ".ci/run"],
)
def test_commands_can_be_started(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    result = subprocess.run(["bash", "-n", ROOT / name], capture_output=True, text=True, timeout=30, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("options", [["--unknown"], ["--tour"], ["--persons"]], ids=" ".join)
def test_run_says_how_it_is_used(options: list[str]) -> None:
    result = subprocess.run([ROOT / "installer/run.sh", *options], capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 2
    assert "installer/run.sh --tour DIR" in result.stdout


def pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_locks_agree_and_smaller_ones_are_parts_of_larger_ones() -> None:
    workstation, gateway, training, dev = (
        pinned(ROOT / "installer" / f"requirements-{level}.txt") for level in ("workstation", "gateway", "training", "dev")
    )
    assert workstation
    assert gateway
    assert workstation.items() | gateway.items() < training.items() < dev.items()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_is_whole_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", re.sub(r"^ +--hash=sha256:[0-9a-f]{64}( \\)?$", "", text, flags=re.MULTILINE), re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "hatchling" in pinned(lock)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_keeps_the_choices_that_hurt_when_forgotten(lock: Path) -> None:
    pins = pinned(lock)
    window = (pins.get("pyside6-essentials"), pins.get("shiboken6"))
    assert window == (None, None) if lock.name == "requirements-gateway.txt" else window == ("6.11.3", "6.11.3")
    # Beside sqlcipher3 the first silently loads an older SQLCipher; the second writes passwords to a plain file.
    assert not {"sqlcipher3-binary", "keyrings-alt", "keyrings.alt", "pyside6", "pyside6-addons"} & pins.keys()


def test_no_registry_is_named() -> None:
    hosts = re.compile(r"pypi\.org|pythonhosted\.org|debian\.org|ghcr\.io|docker\.io")
    files = [ROOT / "pyproject.toml", ROOT / "README.md", *(ROOT / "installer").iterdir(), *(ROOT / ".ci").iterdir()]
    assert not [path.name for path in files if path.is_file() and hosts.search(path.read_text(encoding="utf-8"))]


def test_lock_answers_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        Requirement(line) for part in (project["dependencies"], *project["optional-dependencies"].values()) for line in part
    ]
    pins = pinned(ROOT / "installer" / "requirements-dev.txt")
    stale = [str(need) for need in wanted if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))]
    assert not stale, "run installer/lock.sh"


def test_what_must_not_be_installed_is_not() -> None:
    names = {str(found.metadata["Name"]).lower().replace("_", "-").replace(".", "-") for found in metadata.distributions()}
    assert not {"sqlcipher3-binary", "keyrings-alt", "pyside6", "pyside6-addons"} & names


def test_installed_versions_are_those_of_the_lock() -> None:
    pins = pinned(ROOT / "installer" / "requirements-dev.txt")
    names = ("pyside6-essentials", "shiboken6", "sqlcipher3", "sqlalchemy", "cryptography", "psycopg", "pikepdf", "reportlab")
    assert {name: metadata.version(name) for name in names} == {name: pins[name] for name in names}


def test_wheel_ships_every_resource(tmp_path: Path) -> None:
    run_tool("hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    (wheel,) = tmp_path.glob("nhi_center-*.whl")
    shipped = {name.removeprefix("nhi_center/") for name in zipfile.ZipFile(wheel).namelist()}
    resources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert resources
    assert resources <= shipped
    assert "errors.py" in shipped


class Emitter(QObject):
    """A signal with the argument kinds that lost references."""

    happened = Signal(bool, object)


def references() -> tuple[int, int, int]:
    return sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal since Python 3.12: their count is a constant")
@pytest.mark.parametrize("call", ["emit", "update"])
def test_qt_calls_keep_the_references_of_none_and_true(call: str, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    emitter = Emitter()
    before = references()
    for _ in range(2_000):
        if call == "emit":
            emitter.happened.emit(True, None)
        else:
            widget.update()
    assert all(abs(now - then) < 100 for now, then in zip(references(), before, strict=True))


def test_two_thousand_signals_arrive(qtbot: QtBot) -> None:
    emitter = Emitter()
    received: list[bool] = []
    emitter.happened.connect(lambda flag, _value: received.append(flag))
    for number in range(2_000):
        emitter.happened.emit(number % 2 == 0, None)
    assert received == [True, False] * 1_000
