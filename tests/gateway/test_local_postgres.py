from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway.local_postgres import LocalPostgres, training_home, wheel_folder


def modes(*paths: Path) -> dict[str, tuple[int, int, int]]:
    """Mode and owner of every folder above these paths (and of the paths themselves)."""
    found = {}
    for path in paths:
        for folder in (path, *path.parents):
            stat = folder.stat()
            found[str(folder)] = (stat.st_mode, stat.st_uid, stat.st_gid)
    return found


def test_no_folders_mode_is_changed(tmp_path: Path) -> None:
    """The wheel's own starter opens every closed parent folder for others; ours must not."""
    training_home().mkdir(parents=True, exist_ok=True)
    watched = (wheel_folder() / "bin", wheel_folder() / "lib", training_home(), Path.home(), tmp_path)
    before = modes(*watched)
    server = LocalPostgres(f"modes-{uuid4().hex[:8]}")
    try:
        with server:
            assert (server.folder.stat().st_mode & 0o777) == 0o700
        assert modes(*watched) == before
    finally:
        shutil.rmtree(server.folder)


def test_data_outlive_the_server_and_a_second_start_reuses_them() -> None:
    server = LocalPostgres(f"reuse-{uuid4().hex[:8]}")
    try:
        with server, psycopg.connect(server.ensure_database("kept")) as connection:
            connection.execute("CREATE TABLE t AS SELECT 42 AS n")
        again = LocalPostgres(server.folder.name)
        with again, psycopg.connect(again.ensure_database("kept")) as connection:
            assert connection.execute("SELECT n FROM t").fetchone() == (42,)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.dsn("kept"))
    finally:
        shutil.rmtree(server.folder)


def test_a_server_in_use_is_not_taken(postgres: LocalPostgres) -> None:
    with pytest.raises(EnvironmentTrouble, match="GW-02"):
        LocalPostgres(postgres.folder.name).start()


def test_nothing_of_the_callers_environment_reaches_the_server(postgres: LocalPostgres) -> None:
    pid = int((postgres.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    names = {entry.split(b"=")[0] for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if entry}
    own = {b"PATH", b"LC_ALL", b"TZ"}
    set_by_pg_ctl = {b"PGDATA", b"PG_GRANDPARENT_PID", b"PGSYSCONFDIR", b"PGLOCALEDIR", b"PWD", b"OLDPWD", b"SHLVL", b"_"}
    assert names <= own | set_by_pg_ctl
    assert os.readlink(f"/proc/{pid}/cwd").startswith(str(postgres.folder))
