"""``sync``: the exchange with the segment, beside what bare psycopg does with the same rows on the same PostgreSQL.

Real gateway processes, real TLS, a real encrypted store. Of five pairs, each taken in turns, the one whose ratio is the median
counts: the machine's other work meets both of a pair alike.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import islice

import psycopg

from nhi_center.domain.operators import Action
from nhi_center.domain.people import person_to_json
from nhi_center.gateway.training_data import load_material
from nhi_center.link import wire
from nhi_center.link.client import GatewayLink
from nhi_center.services import sync
from nhi_center.services.clock import SystemClock, TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin
from nhi_center.synthesis.ward import people
from nhi_center.training.bench import sync_crowd
from nhi_center.training.bench.gateways import Gateways
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import OPENING, SEED, WARD_STAFF, Room, say, signed_in
from nhi_center.training.bench.sync_rows import KIND, body_of, rows_of
from nhi_center.training.bench.timing import Act, median_pair

PERSONS = 10_000
"""Changes of one pull."""
_OTHERS = 1_000_000
"""Numbers of bare rows that no other measurement here has."""
_COLUMNS = "terminal, id, seq, kind, body, fingerprint"
_COPY = f"COPY bare ({_COLUMNS}) FROM STDIN"
_BARE = "CREATE TABLE bare (LIKE record INCLUDING DEFAULTS INCLUDING INDEXES)"
_SELECT = "SELECT cursor, kind, id, body FROM change WHERE cursor > %s ORDER BY cursor LIMIT %s"
_CHANGE = "COPY change (kind, id, body) FROM STDIN"
_BY_COPY = "同じ行を、素の psycopg の COPY で"


def measure(room: Room) -> Iterator[Measurement]:
    """Pushing, the whole way out of the store, pulling, and a room full of terminals."""
    with Gateways(room.folder / "sync", processes=os.cpu_count() or 1) as gateways, gateways.database() as bare:
        bare.execute(_BARE)
        yield _push(room, gateways, bare)
        yield _pipeline(room, gateways, bare)
        yield _pull(room, gateways, bare)
        yield from sync_crowd.figures(room, gateways)


def _copied(bare: psycopg.Connection, first: int, count: int) -> Act:
    """As many rows at once into a table with the same columns and indexes; nothing is checked and nothing is answered."""
    rows = [
        ("BARE", record.id, record.seq, record.kind, json.dumps(record.body, ensure_ascii=False), wire.fingerprint(record))
        for record in rows_of(first, count)
    ]

    def act() -> None:
        with bare.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)

    return act


def _push(room: Room, gateways: Gateways, bare: psycopg.Connection) -> Measurement:
    say("  送信")
    count = room.sizes.sync_rows

    def pair(link: GatewayLink, number: int) -> tuple[Act, Act]:
        rows = rows_of(number * count + 1, count)
        return lambda: link.push(rows), _copied(bare, number * count + 1, count)

    with GatewayLink(gateways.line("P01", gateways.processes[0]), SystemClock().now) as link:
        value, reference = median_pair(pair(link, number) for number in range(room.sizes.pairs + 1))
    return Measurement("sync.push", value, "ms", f"同じ {count:,}行を、素の psycopg の COPY で", reference)


def _pipeline(room: Room, gateways: Gateways, bare: psycopg.Connection) -> Measurement:
    """Out of the encrypted store, over the line, and acknowledged there."""
    say("  端末の中から送信")
    count = room.sizes.sync_rows
    settings = gateways.terminal("P02", gateways.processes[0].port, room.sizes.cost)

    def pair(office: Office, turn: int) -> tuple[Act, Act]:
        with begin(office, terminal_session(office), Action.SYNC) as unit:
            for number in range(count):
                unit.record(KIND, body_of(number))

        def send() -> None:
            if sync.send(office, lambda _done, _total, _words: None) != (count, 0):
                raise AssertionError("every row was new")

        return send, _copied(bare, _OTHERS + turn * count, count)

    with signed_in(open_premises(settings, TrainingClock(OPENING)), WARD_STAFF) as (office, _session):
        sync.synchronise(office)
        value, reference = median_pair(pair(office, turn) for turn in range(room.sizes.pairs + 1))
    return Measurement("sync.pipeline", value, "ms", f"同じ {count:,}行を、素の psycopg の COPY で", reference)


def _pull(room: Room, gateways: Gateways, bare: psycopg.Connection) -> Measurement:
    """The whole change list by pages, every change parsed. The reference reads the same pages from the table, parsed likewise."""
    say("  受信")
    persons = min(PERSONS, room.sizes.persons)
    with bare.cursor() as cursor, cursor.copy("COPY change (kind, id, body) FROM STDIN") as copy:
        for person in islice(people(load_material(), persons, SEED, OPENING.date()), persons):
            copy.write_row(("person", person.atena, json.dumps(person_to_json(person), ensure_ascii=False)))
    bare.execute("ANALYZE")
    (last,) = bare.execute("SELECT max(cursor) FROM change").fetchone() or (0,)

    def pull(link: GatewayLink) -> None:
        after, more = 0, True
        while more:
            page = link.changes(after)
            after, more = page.next, page.more
        if after != last:
            raise AssertionError("not the whole list")

    def select() -> None:
        after = 0
        while rows := bare.execute(_SELECT, (after, wire.MAX_CHANGES)).fetchall():
            after = rows[-1][0]

    with GatewayLink(gateways.line("P03", gateways.processes[0]), SystemClock().now) as link:
        value, reference = median_pair((lambda: pull(link), select) for _ in range(room.sizes.pairs + 1))
    words = f"同じ {persons:,}件を、素の psycopg の SELECT で"
    return Measurement("sync.pull", value, "ms", words, reference)
