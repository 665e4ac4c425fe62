"""installer/machine: the whole machine's policy from the terminal's settings, put in and taken back; the kernel reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nhi_center.settings import Address, Segment, Settings, to_toml
from tests.support import three_hosts

MACHINE = Path(__file__).parents[2] / "installer/machine"
NEXT = "192.0.2.9"


def settings(folder: Path, host: str = "192.0.2.2", *printers: Address) -> Path:
    made = Settings("T04", "端末 04", False, folder / "business", Segment(host, 18443, "gateway.invalid"), printers=printers)
    file = folder / "terminal.toml"
    file.write_text(to_toml(made), encoding="utf-8")
    return file


def run(script: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MACHINE / script, *arguments], capture_output=True, text=True, check=False)


def files(root: Path) -> set[str]:
    return {str(one.relative_to(root)) for one in root.rglob("*") if one.is_file()}


def test_what_is_put_in_is_taken_back_whole(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc/modprobe.d").mkdir(parents=True)
    (root / "etc/modprobe.d/other.conf").write_text("", encoding="ascii")
    done = run("apply", "--into", root, settings(tmp_path, "192.0.2.2", Address(NEXT, 9100)))
    assert done.returncode == 0, done.stderr
    listed = {line.split()[1] for line in (MACHINE / "files.list").read_text(encoding="utf-8").splitlines()}
    assert files(root) == {"etc/modprobe.d/other.conf", "etc/nhi-center/policy.nft", *listed}
    assert {one.name for one in (MACHINE / "files").iterdir()} == {Path(one).name for one in listed}
    policy = (root / "etc/nhi-center/policy.nft").read_text(encoding="utf-8")
    assert "elements = { 192.0.2.2 . 18443, 192.0.2.9 . 9100 }" in policy
    assert "@" not in re.sub(r"@permitted[46]", "", policy)
    done = run("remove", "--from", root)
    assert done.returncode == 0, done.stderr
    assert files(root) == {"etc/modprobe.d/other.conf"}


@pytest.mark.parametrize("host", ["gateway.example", "192.0.2.2; accept", "", "192.0.2.0/24"])
def test_a_name_is_no_address(tmp_path: Path, host: str) -> None:
    """Nothing on this machine may look one up; and what stands in the settings never becomes a rule of its own."""
    done = run("apply", "--into", tmp_path / "root", settings(tmp_path, host))
    assert done.returncode == 1
    assert "IPアドレス" in done.stderr
    assert not (tmp_path / "root/etc").exists()


@pytest.mark.parametrize("host", ["192.0.2.2", "2001:db8::2"])
def test_the_kernel_takes_the_policy_once_and_again(tmp_path: Path, host: str) -> None:
    three_hosts.require()
    printers = (Address(NEXT, 9100), Address("2001:db8::9", 631))
    assert run("apply", "--into", tmp_path / "root", settings(tmp_path, host, *printers)).returncode == 0
    policy = tmp_path / "root/etc/nhi-center/policy.nft"
    twice = f"nft -c -f {policy} && nft -f {policy} && nft -f {policy} && nft list ruleset && nft delete table inet nhi_center"
    done = subprocess.run(["unshare", "--net", "sh", "-ec", twice], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("table inet nhi_center") == 1
    assert done.stdout.count("policy drop") == 3


def test_every_module_and_rule_against_removable_media_is_a_refusal() -> None:
    modules = (MACHINE / "files/nhi-center.conf").read_text(encoding="utf-8").splitlines()
    lines = [line for line in modules if line and not line.startswith("#")]
    assert {"install usb_storage /bin/false", "install uas /bin/false"} <= set(lines)
    assert all(re.fullmatch(r"install [a-z0-9_]+ /bin/false", line) for line in lines)
    rules = (MACHINE / "files/99-nhi-center.rules").read_text(encoding="utf-8").splitlines()
    assert all(line.endswith(('"0"', '"0000"')) for line in rules if not line.startswith("#"))


def test_the_scripts_are_sound() -> None:
    checker = shutil.which("shellcheck")
    if checker is None:
        pytest.skip("shellcheck is not installed (installer/setup.sh dev installs it)")
    done = subprocess.run([checker, MACHINE / "apply", MACHINE / "remove"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
