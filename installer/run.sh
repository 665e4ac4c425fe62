#!/bin/bash
# Opens the training workstation on a synthetic register: its own store, its own gateway, its own PostgreSQL.
#   installer/run.sh                                        the windows, for training
#   installer/run.sh [--persons N] [--seed S] [--fresh]     another register; --fresh begins anew and erases the training before
#   installer/run.sh --tour DIR [--persons N] [--seed S]    works one office day by itself; pictures, PDFs and summary.json in DIR
# Without a display it works the office day too, into out/tour (always anew).
set -euo pipefail
start=$PWD
cd "$(dirname "$0")/.."

usage() { sed -n 2,6p installer/run.sh | cut -c3-; exit 2; }

out='' options=() fresh=()
while [ $# -gt 0 ]; do
    case $1 in
        --tour) [ $# -ge 2 ] || usage; out=$2; shift 2 ;;
        --fresh) fresh=("$1"); shift ;;
        --persons | --seed) [ $# -ge 2 ] || usage; options+=("$1" "$2"); shift 2 ;;
        *) usage ;;
    esac
done
case $out in '' | /*) ;; *) out=$start/$out ;; esac

installer/setup.sh training
unset PYTHONPATH PYTHONHOME

if [ -z "$out" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/nhi-center training "${options[@]}" "${fresh[@]}"
fi
if [ -z "$out" ]; then
    out=$PWD/out/tour
    echo "画面がないため、窓を開かずに事務の一日を通しで行い、結果を $out に残します (no display: working the office day by itself)" >&2
fi
mkdir -p "$out"
exec env LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen .venv/bin/nhi-center tour --out "$out" "${options[@]}"
