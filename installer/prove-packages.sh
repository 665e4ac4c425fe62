#!/bin/bash
# Proves both Debian packages on a system that is thrown away afterwards: build, install without a network, work, upgrade with the
# store's migration, refused downgrade, removal.       installer/prove-packages.sh --this-system-is-thrown-away
set -euo pipefail
cd "$(dirname "$0")/.."
[ "${1:-}" = --this-system-is-thrown-away ] && [ "$(id -u)" -eq 0 ] || { sed -n 2,3p "$0" | cut -c3-; exit 2; }

export DEBIAN_FRONTEND=noninteractive
project=$PWD work=$(mktemp -d)
chmod 755 "$work"
step() { printf '== %s\n' "$*" >&2; }
fail() { printf '!! %s\n' "$*" >&2; exit 1; }
as() { local who=$1; shift; setpriv --reuid="$who" --regid="$who" --init-groups env -i PATH=/usr/bin:/bin LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen HOME="$work/$who" "$@"; }
offline() { unshare --net "$@"; }
get() { apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" >/dev/null; }

step "部品(組立てに要るもの、区の PostgreSQL)"
apt-get -qq update
get binutils python3-venv ca-certificates postgresql util-linux procps

step "組立て"
installer/build.sh all "$work/new"
new=$(ls "$work"/new/nhi-center_*.deb) gateway=$(ls "$work"/new/nhi-center-gateway_*.deb) old=$work/older.deb
# The same under an older number; its store is brought back by one migration below.
dpkg-deb -R "$new" "$work/older"
version=$(dpkg-deb -f "$new" Version)
sed -i "s/^Version: .*/Version: 0.0.1+${version#*+}/" "$work/older/DEBIAN/control"
sed -i "s/${version//./\\.}/0.0.1+${version#*+}/g" "$work/older/DEBIAN/preinst"
dpkg-deb --root-owner-group -Znone --build "$work/older" "$old" >/dev/null
size=$(stat -c %s "$new")
[ "$size" -le 40000000 ] || fail "端末のパッケージが 40 MB を超えています ($size)"
dpkg-deb -c "$new" | grep -E 'Qt6?Network|/nhi_center/gateway/|/lib/(uvicorn|psycopg)/' && fail "端末のパッケージに要らない部品があります"
dpkg-deb -c "$gateway" | grep -E '/lib/(PySide6|sqlcipher3)/|/nhi_center/(ui|services)/' && fail "サーバのパッケージに要らない部品があります"

step "依存する Debian の部品を先に入れる(ここまでが網を使う)"
for deb in "$new" "$gateway"; do
    dpkg-deb -f "$deb" Depends | sed 's/([^)]*)//g; s/ *, */\n/g'
done | while read -r choice; do
    for name in ${choice//|/ }; do
        [ -z "$(apt-cache madison "$name")" ] || { printf '%s\n' "$name"; break; }
    done
done | sort -u | xargs apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends >/dev/null

step "網なしで入れて、働かせる"
useradd clerk && install -d -o clerk -g clerk "$work/clerk"
offline apt-get -qq -y install --no-install-recommends "$old" >/dev/null
probe=$project/installer/package/probe.py
as clerk /usr/bin/python3 -I "$probe" make "$work/clerk/store.db"
step "更新: 区が署名したものだけを入れ、ストアが新しい版に移る"
verifier() { /usr/bin/python3 -I -c 'import sys; sys.path.insert(0, "/opt/nhi-center/lib"); from nhi_center.verify.cli import main; sys.exit(main(sys.argv[1:]))' "$@"; }
phrase="prove $(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')"
install -d -m 700 "$work/ward"
printf '%s\n%s\n' "$phrase" "$phrase" | verifier update-key --out "$work/ward" | awk '$1 ~ /^[0-9]+$/ { print $2 }' >"$work/code.txt"
install -o clerk -g clerk -m 600 -D "$new" "$work/clerk/updates/$(basename "$new")"
printf '%s\n' "$phrase" | verifier sign-update "$work/clerk/updates/$(basename "$new")" --key "$work/ward/update-signing.key" >/dev/null
offline nhi-center-update install "$work/clerk/updates/$(basename "$new")" 2>"$work/untrusted.txt" && fail "鍵のない端末に更新が入りました"
grep -q trust "$work/untrusted.txt" || fail "鍵のないときの断り方が違います"
nhi-center-update trust <"$work/code.txt" >/dev/null
printf x >>"$work/clerk/updates/$(basename "$new")"
offline nhi-center-update install "$work/clerk/updates/$(basename "$new")" 2>/dev/null && fail "変えられた更新が入りました"
install -o clerk -g clerk -m 600 "$new" "$work/clerk/updates/$(basename "$new")"
offline nhi-center-update install "$work/clerk/updates/$(basename "$new")" >/dev/null
offline nhi-center-update install "$work/clerk/updates/$(basename "$new")" 2>/dev/null && fail "同じ版がもう一度入りました"
as clerk /usr/bin/python3 -I "$probe" open "$work/clerk/store.db"
as clerk nhi-center forms check /opt/nhi-center/lib/nhi_center/resources/forms >/dev/null
as clerk nhi-center certificates proof shikaku --out "$work/clerk/proof.pdf" >/dev/null
[ "$(head -c 5 "$work/clerk/proof.pdf")" = %PDF- ] || fail "PDF ができません"
as clerk /usr/bin/python3 -I "$probe" book "$work/clerk/book.xlsx"
[ "$(head -c 2 "$work/clerk/book.plain")" = PK ] || fail "Excel のファイルができません"
status=0
as clerk timeout 6 nhi-center open --folder "$work/clerk/settings" 2>"$work/window.txt" || status=$?
[ "$status" = 124 ] || { cat "$work/window.txt" >&2; fail "最初の窓が開いたままになりません ($status)"; }
as clerk nhi-center training 2>"$work/training.txt" && fail "研修は端末のパッケージにありません"
grep -q 研修と測定の部品 "$work/training.txt" || fail "研修の断り方が違います"

step "古い版へは戻せない"
offline apt-get -qq -y --allow-downgrades install --no-install-recommends "$old" >"$work/downgrade.txt" 2>&1 && fail "古い版が入りました"
grep -q 古い版 "$work/downgrade.txt" || { cat "$work/downgrade.txt" >&2; fail "断り方が違います"; }
as clerk /usr/bin/python3 -I "$probe" open "$work/clerk/store.db"

step "外す: データは残る"
offline apt-get -qq -y remove nhi-center >/dev/null
[ ! -e /opt/nhi-center ] && [ ! -e /usr/bin/nhi-center ] || fail "/opt に残りがあります"
[ -s "$work/clerk/store.db" ] || fail "データが消えました"

step "区のサーバ: Debian の PostgreSQL で"
offline apt-get -qq -y install --no-install-recommends "$gateway" >/dev/null
pg_lsclusters -h | grep -q online || pg_ctlcluster "$(pg_lsclusters -h | cut -d' ' -f1)" main start
socket=/var/run/postgresql
as postgres createuser nhi-gateway
as postgres createdb --owner nhi-gateway nhi_center
home=/var/lib/nhi-center-gateway
# What systemd does with LoadCredentialEncrypted: a folder that this user alone reads.
credentials=$work/credentials
install -d -o nhi-gateway -m 700 "$credentials"
head -c 24 /dev/urandom | base64 >"$credentials/passphrase"
chown nhi-gateway "$credentials/passphrase"
as nhi-gateway env CREDENTIALS_DIRECTORY="$credentials" nhi-center-gateway init --dsn "host=$socket dbname=nhi_center" --home "$home"
as nhi-gateway env CREDENTIALS_DIRECTORY="$credentials" nhi-center-gateway serve --home "$home" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    if (exec 3<>/dev/tcp/127.0.0.1/18443) 2>/dev/null; then break; fi
    kill -0 "$server" || fail "サーバが止まりました"
    read -rt 0.1 <> <(:) || true
done
(exec 3<>/dev/tcp/127.0.0.1/18443) || fail "サーバが答えません"
as nhi-gateway nhi-center-gateway status --home "$home" >/dev/null
pkill -TERM -u nhi-gateway -f 'nhi_center.gateway.cli' && wait "$server" || fail "サーバが静かに終わりません"
[ ! -x /usr/bin/systemd-analyze ] || systemd-analyze verify /usr/lib/systemd/system/nhi-center-gateway.service
offline apt-get -qq -y remove nhi-center-gateway >/dev/null
[ ! -e /opt/nhi-center-gateway ] && [ -e "$home/gateway.toml" ] || fail "外した後が違います"
step "できました: $(basename "$new") $size bytes, $(basename "$gateway") $(stat -c %s "$gateway") bytes"
