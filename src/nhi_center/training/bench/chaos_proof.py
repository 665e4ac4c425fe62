"""What must hold after the chaos, terminal by terminal: rows in the store and at the gateway, what the room heard, the logs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from nhi_center.domain.audit import Broken, Countersign, check_chain, countersign_bytes
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.gateway import anchors
from nhi_center.link.wire import ROOM_KINDS, Record, fingerprint
from nhi_center.services.clock import TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.settings import Settings
from nhi_center.storage import audit as log
from nhi_center.storage import register
from nhi_center.training.bench.room import OPENING, WARD_STAFF, signed_in
from nhi_center.verify.segments import check_folder

_HEADS = "SELECT terminal, seq, hash, root, countersigned_at, countersignature FROM audit_anchor"
_RECORDS = "SELECT id::text, seq, fingerprint FROM record WHERE terminal = %s ORDER BY received_at, seq"
_TOLD = "SELECT id FROM change WHERE kind = 'room' AND body ->> 'terminal' = %s ORDER BY cursor"

Heads = dict[tuple[str, int], tuple[Any, ...]]


class Proof:
    """Finds are put into ``wrong``: names of terminals, ids and counts, no contents."""

    def __init__(self, dsn: str, wrong: list[str]) -> None:
        self._dsn, self._wrong = dsn, wrong
        self._seen: Heads = {}

    def see_heads(self) -> None:
        """While it goes on: what was countersigned once stays as it was."""
        try:
            with psycopg.connect(self._dsn) as connection:
                now = {(row[0], int(row[1])): tuple(row) for row in connection.execute(_HEADS)}
        except psycopg.OperationalError:  # killed again by its disk: the next look will do
            return
        changed = [place for place, head in self._seen.items() if now.get(place) != head]
        self._say(not changed, f"heads changed or gone: {changed[:5]}")
        self._seen = now

    def of_heads_seen(self) -> None:
        self.see_heads()
        self._say(bool(self._seen), "no head was ever countersigned")

    def of_terminal(self, settings: Settings, told: Path) -> int:
        """Everything about one terminal whose process has ended; gives how many rows it wrote."""
        premises = open_premises(settings, TrainingClock(OPENING))
        with signed_in(premises, WARD_STAFF) as (office, _session), psycopg.connect(self._dsn) as gateway:
            rows = self._rows(office, gateway, told)
            self._room(office, gateway, rows)
            self._log(office, gateway)
        return len(rows)

    def _say(self, good: bool, words: str) -> None:
        if not good:
            self._wrong.append(words)

    def _rows(self, office: Office, gateway: psycopg.Connection, told: Path) -> list[Record]:
        """What was committed here is there: once, as it was written, each case in its order."""
        name = office.terminal
        with office.store.read.begin() as store:
            found = store.exec_driver_sql("SELECT seq, id, kind, body, state, case_key FROM outbox ORDER BY seq").all()
        rows = [Record(int(row.seq), row.id, row.kind, json.loads(row.body)) for row in found]
        unsent = Counter(row.state for row in found if row.state != "sent")
        self._say(not unsent, f"{name}: not sent {dict(unsent)}")
        ids = {row.id for row in rows}
        lost = [id_ for id_ in told.read_text(encoding="ascii").split() if id_ not in ids]
        self._say(not lost, f"{name}: committed and lost in the store: {len(lost)} {lost[:3]}")
        there = [(row[0], int(row[1]), bytes(row[2])) for row in gateway.execute(_RECORDS, (name,))]
        here = [(row.id, row.seq, fingerprint(row)) for row in rows]
        missing, extra = set(here) - set(there), set(there) - set(here)
        self._say(not missing, f"{name}: lost on the way: {sorted(seq for _id, seq, _body in missing)[:20]}")
        self._say(not extra, f"{name}: at the gateway alone: {sorted(seq for _id, seq, _body in extra)[:20]}")
        self._say(len(there) == len(set(there)), f"{name}: twice at the gateway")
        cases = {int(row.seq): row.case_key for row in found}
        came = sorted((seq for _id, seq, _body in there), key=lambda seq: cases.get(seq, ""))  # in each case as they came
        self._say(came == sorted(came, key=lambda seq: (cases.get(seq, ""), seq)), f"{name}: out of order")
        return rows

    def _room(self, office: Office, gateway: psycopg.Connection, rows: list[Record]) -> None:
        """What the room is told comes once and in order, and this terminal has taken all of it up to where it stands."""
        name = office.terminal
        passed = [row[0] for row in gateway.execute(_TOLD, (name,))]
        self._say(passed == [row.id for row in rows if row.kind in ROOM_KINDS], f"{name}: the room was told otherwise")
        with office.store.read.begin() as store:
            taken = set(store.exec_driver_sql("SELECT id FROM room_record").scalars())
            cursor = register.cursor(store)
        given = {row[0] for row in gateway.execute("SELECT id FROM change WHERE kind = 'room' AND cursor <= %s", (cursor,))}
        self._say(taken <= given, f"{name}: heard what nobody said: {len(taken - given)}")
        self._say(given <= taken, f"{name}: passed over in the change list: {len(given - taken)}")

    def _log(self, office: Office, gateway: psycopg.Connection) -> None:
        """Chain and tree from the first entry on, at both sides; every head; the files the ward checks."""
        name = office.terminal
        stored = "SELECT entry, hash FROM audit_entry WHERE terminal = %s ORDER BY seq"
        entries = [(bytes(entry), bytes(hash_)) for entry, hash_ in gateway.execute(stored, (name,))]
        with office.store.read.begin() as store:
            own = [(entry, hash_) for _seq, entry, hash_ in log.entries(store, 1, len(entries))]
            confirmed = log.sent_up_to(store)
        self._say(own == entries, f"{name}: the two logs differ")
        self._say(confirmed == len(entries), f"{name}: confirmed up to {confirmed}, held {len(entries)}")
        chain = check_chain(name, entries)
        self._say(not isinstance(chain, Broken), f"{name}: the chain breaks")
        self._heads(office, gateway, entries)
        newest = anchors.newest(gateway, name)
        try:
            check_folder(office.settings.segments, office.premises.trust, newest)
        except AuditFault as fault:
            self._wrong.append(f"{name}: the ward's copies do not hold at entry {fault.seq}")

    def _heads(self, office: Office, gateway: psycopg.Connection, entries: list[tuple[bytes, bytes]]) -> None:
        name, tree, done = office.terminal, Range(), 0
        for row in gateway.execute(f"{_HEADS} WHERE terminal = %s ORDER BY seq", (name,)).fetchall():
            seq = int(row[1])
            tree = tree.extended(leaf_hash(entry) for entry, _hash in entries[done:seq])
            done = seq
            countersign = Countersign(name, seq, bytes(row[2]).hex(), bytes(row[3]).hex(), row[4], bytes(row[5]).hex())
            stands = seq <= len(entries) and (entries[seq - 1][1], tree.root()) == (bytes(row[2]), bytes(row[3]))
            signed = office.premises.trust.gateway_signed(countersign_bytes(countersign), countersign.signature)
            self._say(stands and signed, f"{name}: head {seq} does not hold")
        self._say(done == len(entries), f"{name}: entries without a head: {len(entries) - done}")
