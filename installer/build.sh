#!/bin/bash
# Builds the Debian packages of this release of Debian, with its own python3: nothing of them is fetched when they are installed.
#   installer/build.sh workstation|gateway|all [FOLDER]     into FOLDER, or dist/
# A package built on Debian 12 is for Debian 12 alone, because compiled parts fit one Python. PACKAGE_COMPRESSION=zstd is quicker and larger.
set -euo pipefail
start=$PWD
cd "$(dirname "$0")/.."

case ${1:-} in workstation | gateway) parts=("$1") ;; all) parts=(workstation gateway) ;; *) sed -n 3p "$0" | cut -c3-; exit 2 ;; esac
out=${2:-$PWD/dist}
case $out in /*) ;; *) out=$start/$out ;; esac
compression=${PACKAGE_COMPRESSION:-xz}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }
for tool in dpkg-deb strip objdump; do
    command -v "$tool" >/dev/null || fail "$tool がありません。binutils と dpkg を入れてください ($tool is missing)"
done

unset PYTHONPATH PYTHONHOME
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
release=$(. /etc/os-release && printf 'deb%s' "$VERSION_ID")
arch=$(dpkg --print-architecture)
minor=$(/usr/bin/python3 -I -c 'import sys; print(sys.version_info[1])')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What only builds a wheel, and pip itself: never on a terminal.
build_only=(hatchling pathspec pluggy trove-classifiers tomlkit setuptools pip)

# site PART : the locked packages of a part and ours in a folder of their own
site() {
    local venv=$work/venv-$1
    /usr/bin/python3 -m venv "$venv"
    local pip=("$venv/bin/python" -I -m pip --quiet --disable-pip-version-check --no-input)
    "${pip[@]}" install --no-compile --require-hashes --only-binary :all: -r "installer/requirements-$1.txt" >&2
    "${pip[@]}" install --no-compile --no-build-isolation --no-deps . >&2
    "${pip[@]}" check >&2
    "${pip[@]}" uninstall --yes "${build_only[@]}" >&2
    site=$venv/lib/python3.$minor/site-packages
}

# Of Qt a terminal keeps the window and its platform; QtNetwork, QML, tools and everything they alone need goes.
trim_qt() {
    local qt=$1/PySide6 kept=$work/kept name
    mkdir -p "$kept/Qt/lib" "$kept/Qt/plugins" "$kept/Qt/translations"
    cp -a "$qt"/__init__.py "$qt"/_config.py "$qt"/_git_pyside_version.py "$qt"/libpyside6.abi3.so* "$kept/"
    for name in Core Gui Widgets DBus; do cp -a "$qt/Qt$name.abi3.so" "$kept/"; done
    for name in platforms/libqxcb.so platforms/libqoffscreen.so platforminputcontexts xcbglintegrations; do
        mkdir -p "$kept/Qt/plugins/$(dirname "$name")"
        cp -a "$qt/Qt/plugins/$name" "$kept/Qt/plugins/$name"
    done
    rm -f "$kept"/Qt/plugins/platforminputcontexts/*virtualkeyboard*
    cp -a "$qt"/Qt/translations/qt_ja.qm "$qt"/Qt/translations/qtbase_ja.qm "$kept/Qt/translations/" 2>/dev/null || true
    for name in $(loaded "$kept"); do keep_with "$name" "$qt/Qt/lib" "$kept/Qt/lib"; done
    rm -rf "$qt"
    mv "$kept" "$qt"
}

# loaded FOLDER : the names of what its libraries load
loaded() { find "$1" -name '*.so*' -type f -exec objdump -p {} + | awk '$1 == "NEEDED" { print $2 }' | sort -u; }

# What the libraries bring for others: pictures we never read, databases we never open and the mapping of objects to tables, which
# nobody here uses, colours for languages nobody shows, readers of old Office files, the compiler of C declarations, and lxml, which
# pikepdf loads for a PDF's metadata alone.
trim_libraries() {
    local name
    rm -rf "$1"/lxml "$1"/lxml-*.dist-info "$1"/nhi_center/resources/pictures
    rm -rf "$1"/sqlalchemy/{testing,ext,orm} "$1"/sqlalchemy/dialects/{mysql,oracle,mssql,postgresql}
    rm -rf "$1"/reportlab/fonts "$1"/reportlab/graphics/samples "$1"/reportlab/graphics/test*.py "$1"/pypdfium2_cli
    rm -rf "$1"/{cffi,pycparser,charset_normalizer} "$1"/pydantic/{v1,mypy.py}
    rm -f "$1"/msoffcrypto/format/{doc97,ppt97,xls97}.py "$1"/msoffcrypto/method/{rc4,rc4_cryptoapi,xor_obfuscation}.py
    rm -rf "$1"/olefile/{doc,olefile2.py,*.html,README.rst,CONTRIBUTORS.txt}  # olefile2 is of Python 2: it does not compile
    rm -f "$1"/PIL/_{avif,webp,imagingft,imagingcms,imagingtk}*.so
    find "$1/pygments" \( -path '*/lexers/*' -o -path '*/formatters/*' \) \( -name '[a-z]*.py' -o -name '_*_builtins.py' \) \
        -not -name python.py -not -name terminal.py -delete
    [ -d "$1/pillow.libs" ] || return 0
    mkdir "$work/pillow.libs"
    for name in $(loaded "$1/PIL"); do keep_with "$name" "$1/pillow.libs" "$work/pillow.libs"; done
    rm -rf "$1/pillow.libs"
    mv "$work/pillow.libs" "$1/pillow.libs"
}

# keep_with NAME FROM TO : a library and those it loads itself
keep_with() {
    [ -e "$2/$1" ] && [ ! -e "$3/$1" ] || return 0
    cp -aL "$2/$1" "$3/$1"
    local name
    for name in $(objdump -p "$3/$1" | awk '$1 == "NEEDED" { print $2 }'); do keep_with "$name" "$2" "$3"; done
}

trim() {
    rm -rf "$1"/{*.pth,_distutils_hack,bin,share}
    rm -rf "$1"/*.dist-info/{RECORD,sboms}  # pip's own lists: what lies here dpkg knows (licences stay)
    trim_libraries "$1"
    find "$1" \( -name __pycache__ -o -name tests -o -name test \) -type d -prune -exec rm -rf {} +
    find "$1" -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.c' -o -name '*.h' -o -name '*.a' \) -delete
    find "$1" -type f -name '*.so*' -exec strip --strip-unneeded {} + 2>/dev/null || true
}

# launcher FILE LIB MODULE : -I keeps the user's own Python settings and packages out
launcher() {
    mkdir -p "$(dirname "$1")"
    printf '#!/bin/sh\nexec /usr/bin/python3 -I -c %s "$@"\n' \
        "'import sys; sys.path.insert(0, \"$2\"); from $3 import main; sys.exit(main())'" >"$1"
    chmod 755 "$1"
}

# package PART NAME : everything under $root becomes NAME_VERSION_ARCH.deb
package() {
    local root=$1 name=$2 templates=installer/package/$2 size script
    mkdir -p "$root/DEBIAN" "$root/usr/share/doc/$name"
    install -m 644 README.md CHANGELOG.md "$root/usr/share/doc/$name/"
    install -m 644 LICENSE "$root/usr/share/doc/$name/copyright"
    size=$(du -sk --apparent-size "$root" | cut -f1)
    sed -e "s/@VERSION@/$version+$release/; s/@ARCH@/$arch/; s/@SIZE@/$size/; s/@NEXT@/3.$((minor + 1))/; s/@PYTHON@/3.$minor/" \
        "$templates/control" >"$root/DEBIAN/control"
    for script in preinst postinst prerm postrm; do
        [ ! -e "$templates/$script" ] || sed "s/@VERSION@/$version+$release/" "$templates/$script" >"$root/DEBIAN/$script"
        [ ! -e "$root/DEBIAN/$script" ] || chmod 755 "$root/DEBIAN/$script"
    done
    mkdir -p "$out"
    made=$out/${name}_$version+${release}_$arch.deb
    chmod -R u=rwX,go=rX "$root"
    dpkg-deb --root-owner-group "-Z$compression" -z9 --build "$root" "$made" >/dev/null
    printf '%s\n' "$made"
    say "  $(du -h "$made" | cut -f1) ($(du -sh "$root" | cut -f1) 展開後)"
}

build_workstation() {
    local root=$work/workstation lib=/opt/nhi-center/lib
    site workstation
    trim_qt "$site"
    trim "$site"
    rm -rf "$site"/nhi_center/gateway "$site"/nhi_center/training/{bench,tour}
    install_lib "$root$lib"
    launcher "$root/usr/bin/nhi-center" "$lib" nhi_center.cli
    mkdir -p "$root/opt/nhi-center"
    cp -R installer/machine "$root/opt/nhi-center/machine"
    launcher "$root/usr/sbin/nhi-center-update" "$lib" nhi_center.updating
    install -D -m 644 installer/package/nhi-center/nhi-center.desktop "$root/usr/share/applications/nhi-center.desktop"
    package "$root" nhi-center
}

build_gateway() {
    local root=$work/gateway lib=/opt/nhi-center-gateway/lib
    site gateway
    trim "$site"
    rm -rf "$site"/nhi_center/{ui,tasks,services,storage,isolation,keys,training}
    install_lib "$root$lib"
    launcher "$root/usr/bin/nhi-center-gateway" "$lib" nhi_center.gateway.cli
    install -D -m 644 installer/package/nhi-center-gateway/nhi-center-gateway.service "$root/usr/lib/systemd/system/nhi-center-gateway.service"
    package "$root" nhi-center-gateway
}

# Compiled when it is installed: bytecode would be a quarter of the package. One file that does not compile would stop dpkg there.
install_lib() {
    mkdir -p "$(dirname "$1")"
    mv "$site" "$1"
    /usr/bin/python3 -I -W ignore - "$1" <<'EOF' || fail "コンパイルできないファイルがあります (a file does not compile)"
import pathlib, sys

for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
EOF
}

for part in "${parts[@]}"; do
    say "nhi-center $part $version ($release, Python 3.$minor)"
    "build_$part"
done
