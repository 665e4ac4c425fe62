#!/bin/bash
# Makes everything ready, then runs all tests. Needs neither a display nor a desktop session. Options go to pytest.
#   installer/test.sh [PYTEST OPTION...]
set -euo pipefail
cd "$(dirname "$0")/.."
installer/setup.sh dev
unset PYTHONPATH PYTHONHOME DISPLAY WAYLAND_DISPLAY
# Two workers, a file never split between them: what a file's tests share is made once.
exec env LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
