"""A terminal's settings: what is written is read back, what is missing has its default, what is wrong is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.settings import LINES, Segment, Settings, load, to_toml

OURS = Settings("T04", "端末 04", True, Path("/srv/business"), Segment("127.0.0.1", 8443, "gateway.invalid"))


@pytest.mark.parametrize("lines", LINES)
def test_what_is_written_is_read_back(tmp_path: Path, lines: str) -> None:
    settings = replace(OURS, lines=lines, log_socket=Path("/run/log"))
    path = tmp_path / "terminal.toml"
    path.write_text(to_toml(settings), encoding="utf-8")
    assert load(path) == settings


def test_a_terminal_of_before_tells_its_lines_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(to_toml(OURS).split("[log]")[0], encoding="utf-8")
    assert (load(path).lines, load(path).log_socket) == ("file", Path("/dev/log"))


@pytest.mark.parametrize(
    ("line", "entry"), [("lines = 1", "log.lines"), ('lines = "syslog"', "log.lines"), ("socket = 1", "log.socket")]
)
def test_a_wrong_entry_of_the_log_is_named(tmp_path: Path, line: str, entry: str) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(to_toml(OURS).split("[log]")[0] + f"[log]\n{line}\n", encoding="utf-8")
    with pytest.raises(EnvironmentTrouble) as caught:
        load(path)
    assert caught.value.code == "SE-02"
    assert entry in caught.value.message
