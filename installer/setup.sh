#!/bin/bash
# Makes this folder ready to run on Debian 12 or 13: system libraries, fonts, .venv. run.sh and test.sh call it.
#   installer/setup.sh system|training|dev      system: only what needs root; the others begin with it
# Does only what is missing, so a second call takes well under a second. Works as root, or with sudo where something
# has to be installed; everything else is the caller's own.
set -euo pipefail
cd "$(dirname "$0")/.."

level=${1:-training}
case $level in system | training | dev) ;; *) sed -n 3p "$0"; exit 2 ;; esac

# A|B: the package is called A in one release and B in another.
packages=(
    python3 python3-venv ca-certificates tzdata passwd
    # what Qt's offscreen and X11 windows load (the wheel holds Qt itself)
    libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
    libfontconfig1 libdbus-1-3 libudev1 'libglib2.0-0t64|libglib2.0-0' 'libcups2t64|libcups2'
    # screen and print: names with variation selectors, certificates, reports
    fonts-ipamj-mincho fonts-ipaexfont-mincho fonts-morisawa-bizud-gothic fonts-morisawa-bizud-mincho
)
# The tests look at PDFs, run a real Secret Service on a session bus of their own, and print to a CUPS server of their own.
[ "$level" = training ] || packages+=(poppler-utils gnome-keyring dbus-daemon cups-daemon cups-client)
# They also make hosts of network namespaces and devices that are not there, and start Debian's own PostgreSQL, as a ward has it.
[ "$level" != dev ] || packages+=(nftables iproute2 umockdev shellcheck 'postgresql-17|postgresql-15')

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

as_root() {
    local before=()
    [ "$(id -u)" -eq 0 ] || before=(sudo)
    "${before[@]}" "$@" ||
        fail "システムの部品を入れられませんでした。root で installer/setup.sh system を実行してから、やり直してください (needs root or sudo)"
}

installed() {
    local name
    for name in ${1//|/ }; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] && return 0
    done
    return 1
}

# The first of A|B that this release really has: a name that is only "provided" by another package has no version.
available() {
    local name
    for name in ${1//|/ }; do
        [ -z "$(apt-cache madison "$name" 2>/dev/null)" ] || { printf '%s\n' "$name"; return; }
    done
    printf '%s\n' "${1%%|*}"
}

system_packages() {
    local missing=() chosen=() package
    for package in "${packages[@]}"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "システムの部品と字体を入れています (system packages and fonts)"
    as_root apt-get -qq -o Acquire::Retries=3 update >&2
    for package in "${missing[@]}"; do
        chosen+=("$(available "$package")")
    done
    say "  ${chosen[*]}"
    if [[ " ${chosen[*]} " == *" postgresql-"* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        as_root mkdir -p /etc/postgresql-common  # programs alone: no server of its own is set up and started
        echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "${chosen[@]}" >/dev/null
}

python_version() { "$1" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# A .venv of another Python, a moved one or a broken one is made again: compiled packages fit one Python only.
virtual_environment() {
    local wanted
    wanted=$(python_version /usr/bin/python3) || fail "/usr/bin/python3 が動きません。システムの Python を直してください (python3 does not run)"
    case $wanted in
        3.11 | 3.12 | 3.13) ;;
        *) fail "Python $wanted には対応していません。Debian 12 か 13 で実行してください (unsupported Python)" ;;
    esac
    # The scripts inside name their folder: in a copied or moved tree they would run the other one's packages.
    if [ "$(python_version .venv/bin/python)" = "$wanted" ] && grep -qsF "$(pwd -P)/.venv/bin/python" .venv/bin/pip; then
        return 0
    fi
    writable
    say "Python $wanted の作業環境 .venv を作っています (virtual environment)"
    rm -rf .venv
    /usr/bin/python3 -m venv .venv
}

writable() {
    [ -w . ] && { [ ! -e .venv ] || [ -w .venv ]; } && return
    fail "このフォルダか .venv に書き込めません。作った利用者で実行するか、自分のフォルダに写してください (not writable)"
}

pip_install() { .venv/bin/python -I -m pip install --quiet --disable-pip-version-check --no-input "$@" >&2; }

fingerprint() { find "$@" -type f -not -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# Installs the lock of this level, unless it, or the larger one that holds it, is already there.
locked_packages() {
    local name stamp
    for name in "$level" dev; do
        stamp=.venv/.installed-$name
        [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint "installer/requirements-$name.txt")" ] || return 0
    done
    writable
    say "Python の部品を入れています。初回は数分かかります (Python packages)"
    rm -f .venv/.installed-*
    pip_install --require-hashes --only-binary :all: -r "installer/requirements-$level.txt"
    fingerprint "installer/requirements-$level.txt" >".venv/.installed-$level"
}

own_package() {
    local now
    now=$(fingerprint pyproject.toml README.md src resources)
    [ "$(cat .venv/.installed-own 2>/dev/null)" != "$now" ] || return 0
    writable
    say "nhi-center を入れています (our own package)"
    rm -f .venv/.installed-own
    pip_install --no-build-isolation --no-deps --force-reinstall .
    printf '%s\n' "$now" >.venv/.installed-own
}

# Two commands started at once must not build one .venv together; the lock ends with this process.
exec 9<installer/setup.sh
flock 9

unset PYTHONPATH PYTHONHOME
[ -r /etc/debian_version ] || fail "Debian 12 か Debian 13 で実行してください (Debian 12 or 13 only)"
system_packages
[ "$level" != system ] || exit 0
virtual_environment
locked_packages
own_package
