from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from nhi_center.domain.trust import trust_to_json
from tests.support import segments

ROOT = Path(__file__).resolve().parents[2]


def test_the_verifier_is_one_file_that_needs_nothing_of_ours(tmp_path: Path) -> None:
    program, folder, trust = tmp_path / "verify.pyz", tmp_path / "segments", tmp_path / "trust.json"
    made = subprocess.run(
        [ROOT / "installer" / "make_verifier.sh", program],
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    trust.write_text(json.dumps(trust_to_json(segments.TRUST)), encoding="utf-8")
    folder.mkdir()
    files, _end = segments.copies()
    for name, data in files.items():
        (folder / name).write_bytes(data)

    def run() -> tuple[int, str]:
        start = f"import runpy, sys; sys.modules['argon2'] = None; runpy.run_path({str(program)!r}, run_name='__main__')"
        command = [sys.executable, "-c", start, "audit", str(folder), "--trust", str(trust)]
        surroundings = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, words = run()
    assert code == 0, words
    assert "1番から26番まで" in words
    last = folder / max(files)
    last.write_bytes(last.read_bytes().replace(b'"enter"', b'"print"', 1))
    assert run() == (1, "× 確認できません: 21番の記録の内容が変わっています。\n")
