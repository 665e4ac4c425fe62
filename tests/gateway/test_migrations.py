"""A gateway that has been at work before the register was kept person by person."""

from __future__ import annotations

import json
from dataclasses import replace

from psycopg import sql

from nhi_center.domain.people import person_to_json
from nhi_center.gateway.configuration import SHINJUKU
from nhi_center.gateway.database import connect, migrate, migrations, of_insurer
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.synthesis import cast


def test_people_sent_before_are_known_and_the_protected_are_told_gone(postgres: LocalPostgres) -> None:
    dsn = of_insurer(postgres.ensure_database("before_register"), SHINJUKU)
    people = {person.atena: person for person in cast.cast()}
    plain, hidden = people[cast.F05_FIRST], people[cast.PROTECTED]
    try:
        with connect(dsn) as connection:
            connection.execute("CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz DEFAULT now())")
            for number, text in migrations():
                if number <= 3:
                    connection.execute(sql.SQL(text))
                    connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (number,))
            for person in (plain, replace(plain, phone="0311112222"), hidden):
                body = json.dumps(person_to_json(person))
                connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (person.atena, body))
            connection.commit()
            migrate(connection)
            rows = connection.execute("SELECT atena, cursor, held, told FROM person_now ORDER BY atena").fetchall()
        assert rows == [(plain.atena, 2, True, True), (hidden.atena, 4, False, True)]
    finally:
        postgres.drop_database("before_register")


def test_a_migration_with_a_lower_number_that_comes_later_is_made_up_for(postgres: LocalPostgres) -> None:
    """Its tables are kept by municipality like those that were there when the others were."""
    dsn = of_insurer(postgres.ensure_database("late_number"), SHINJUKU)
    late = {6: ("number_place", "number_next", "number_block"), 7: ("terminal_meeting", "gateway_line")}
    try:
        with connect(dsn) as connection:
            connection.execute("CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz DEFAULT now())")
            for number, text in migrations():
                if number not in late:
                    connection.execute(sql.SQL(text))
                    connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (number,))
            connection.commit()
            assert migrate(connection) == migrations()[-1][0]
            for table in (name for names in late.values() for name in names):
                row = connection.execute(
                    "SELECT c.relforcerowsecurity, pg_get_constraintdef(p.oid) FROM pg_class c JOIN pg_constraint p"
                    " ON p.conrelid = c.oid AND p.contype = 'p' WHERE c.relname = %s",
                    (table,),
                ).fetchone()
                assert row is not None
                assert (row[0], row[1].startswith("PRIMARY KEY (insurer, ")) == (True, True)
            assert migrate(connection) == migrations()[-1][0], "again changes nothing"
    finally:
        postgres.drop_database("late_number")
