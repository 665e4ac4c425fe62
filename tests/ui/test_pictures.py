"""The pages at every size and scale a ward PC has; one process per scale, which is fixed before QApplication."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIZES = [(1366, 768, 1.0), (1920, 1080, 1.0), (1536, 864, 1.25), (1280, 720, 1.5)]


@pytest.mark.parametrize(("width", "height", "scale"), SIZES)
def test_pages_hold_at(width: int, height: int, scale: float, tmp_path: Path) -> None:
    """Sizes are in device-independent pixels: 1920x1080 at 125 % is 1536x864, at 150 % 1280x720."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.ui.grab", str(width), str(height), str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "", done.stdout
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(list(tmp_path.glob("*.png"))) == 10
