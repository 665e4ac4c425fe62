#!/usr/bin/env bash
# Makes the ward's verifier as one file: installer/make_verifier.sh [FILE]
# It runs with Python 3.11 or newer and the package `cryptography` on the ward's own PC (recovery-key and recover also want
# `argon2-cffi`), and needs nothing else of ours.
set -euo pipefail
cd "$(dirname "$0")/.."

file="${1:-out/nhi-center-verify.pyz}"
python="${PYTHON:-.venv/bin/python}"
parts="$(mktemp -d)"
trap 'rm -rf "$parts"' EXIT

mkdir -p "$parts/nhi_center" "$(dirname "$file")"
cp src/nhi_center/{__init__,errors,files}.py "$parts/nhi_center/"
cp -r src/nhi_center/domain src/nhi_center/verify "$parts/nhi_center/"
find "$parts" -name __pycache__ -prune -exec rm -rf {} +
printf 'import sys\n\nfrom nhi_center.verify.cli import main\n\nsys.exit(main())\n' > "$parts/__main__.py"
"$python" -m zipapp "$parts" --output "$file" --python "/usr/bin/env python3" --compress
echo "$file"
