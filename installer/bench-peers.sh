#!/bin/bash
# Installs what `nhi-center bench --only print` is held against: typst and WeasyPrint in .venv-peers, LibreOffice from Debian.
# For whoever measures; nothing of it belongs on a terminal. Does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v soffice >/dev/null; then
    printf '%s\n' "LibreOffice を入れています" >&2
    as_root apt-get -qq update >&2
    as_root apt-get -qq -y install --no-install-recommends libreoffice-writer-nogui >&2
fi
[ -x .venv-peers/bin/python ] || python3 -m venv .venv-peers
if ! .venv-peers/bin/python -c 'import typst, weasyprint' 2>/dev/null; then
    printf '%s\n' "typst と WeasyPrint を入れています" >&2
    .venv-peers/bin/pip install --quiet typst weasyprint >&2
fi
printf '%s\n' "そろいました。.venv/bin/nhi-center bench --json bench.json --only print" >&2
