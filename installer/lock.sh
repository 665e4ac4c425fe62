#!/bin/bash
# Makes installer/requirements*.txt again from pyproject.toml: one universal lock (every version pinned, with hashes).
#   installer/lock.sh [--upgrade]      needs uv on PATH or in .venv; nothing else in the project needs it
# requirements-dev.txt is solved first and holds everything; the smaller files are cut from it, so versions never differ.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
command -v uv >/dev/null || { echo "uv が見つかりません。.venv に入れてからやり直してください (uv not found)" >&2; exit 1; }

# solve OUTPUT OPTION... : the lock of pyproject.toml with these extras. An existing OUTPUT keeps its versions unless --upgrade.
solve() {
    local output=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
        --no-emit-index-url --no-emit-find-links --custom-compile-command installer/lock.sh \
        --extra build "$@" --output-file "installer/$output" pyproject.toml
}

everything=(--extra workstation --extra gateway --extra training)
solve requirements-dev.txt "${everything[@]}" --extra dev "$@"
solve requirements-training.txt "${everything[@]}" --constraints installer/requirements-dev.txt "$@"
for part in workstation gateway; do
    solve "requirements-$part.txt" --extra "$part" --constraints installer/requirements-dev.txt "$@"
done

if grep -nE 'https?://|--(extra-)?index-url|--find-links' installer/requirements*.txt; then
    echo "ロックに取得元の住所が入っています (a registry address in the lock)" >&2
    exit 1
fi
