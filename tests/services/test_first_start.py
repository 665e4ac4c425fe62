"""最初の設定 on real parts: a real Secret Service, a real gateway that is none for training, a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from PySide6.QtWidgets import QApplication

from nhi_center.app import run_terminal
from nhi_center.domain import recovery
from nhi_center.domain.first_start import Plan, Step
from nhi_center.domain.going_live import Finding, Verdict
from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import enrolment_codes
from nhi_center.gateway.configuration import SERVER_NAME
from nhi_center.gateway.database import connect
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.passwords import FLOOR
from nhi_center.link import wire_enrolment
from nhi_center.services import first_start, founding, going_live, ward_people
from nhi_center.services.clock import SystemClock
from nhi_center.services.first_start import FirstStart
from nhi_center.services.founding import Gateway, NewPerson
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.sync import synchronise
from nhi_center.settings import load as load_settings
from tests.support.postgres import PASSPHRASE, RunningGateway, new_database
from tests.support.secret_service import secret_service

__all__ = ["secret_service"]

FOUNDER = NewPerson("40100", "見本 管理", "yama-no-ue no kasa 7hon", "yama-no-ue no kasa 7hon")
STAFF = NewPerson("40127", "見本 区子", "kawa-no-soba no isu 3ko", "kawa-no-soba no isu 3ko")


@pytest.fixture
def ward(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    """A gateway for real work, which says so in its hello, with an empty room behind it."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "ward", dsn, training=False)
        running.start()
        yield running
        if running.process is not None:
            assert running.stop() == 0


class Later(SystemClock):
    """Past the pause that a wrong password costs."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=10)


class Setting:
    """One terminal being set up, step by step, as its ward administrator does it."""

    def __init__(self, folder: Path, ward: RunningGateway, name: str) -> None:
        self.folder, self.ward, self.name = folder, ward, name
        self.start = FirstStart(folder / "config", SystemClock())
        self.private = recovery.new_private()
        self.plan = Plan()

    def names(self) -> None:
        self.plan = first_start.name_terminal(
            self.start, self.plan, self.name, f"端末 {self.name[1:]}", str(self.folder / "business")
        )

    def makes_keys(self) -> None:
        self.plan = founding.make_keys(self.start, self.plan)

    def enrols(self, name: str = "") -> str:
        """What the ward does at the gateway; gives the code as it stands there."""
        with connect(self.ward.dsn) as connection:
            return wire_enrolment.in_groups(enrolment_codes.make(connection, name or self.name))

    def gateway(self, code: str, fingerprint: str = "") -> Gateway:
        shown = wire_enrolment.in_groups(enrolment_codes.fingerprint(self.ward.folder))
        return Gateway("127.0.0.1", self.ward.port, SERVER_NAME, code.lower(), fingerprint or shown)

    def joins(self) -> None:
        self.plan = founding.join_segment(self.start, self.plan, self.gateway(self.enrols()))

    def keeps_recovery_key(self) -> None:
        public = recovery.public_of(self.private)
        file = self.folder / "ward.pub"
        file.write_bytes(recovery.public_file(public))
        typed = recovery.fingerprint(public).replace(" ", "")[-4:].lower()
        self.plan = founding.keep_recovery_key(self.start, self.plan, str(file), typed)

    def up_to_founder(self) -> None:
        self.names()
        self.makes_keys()
        self.joins()
        self.keeps_recovery_key()

    def founds(self) -> None:
        self.plan = ward_people.found_and_begin(self.start, self.plan, FOUNDER)

    def up_to_checklist(self) -> None:
        self.plan = ward_people.people_done(self.start, self.plan)
        self.plan = first_start.choose_printer(self.start, self.plan, "spool")

    def signs(self, person: str = FOUNDER.person, password: str = FOUNDER.password) -> None:
        findings = {point.id: Finding(point.id, Verdict.CHECKED, "確かめました") for point in first_start.points()}
        self.plan = going_live.go_live(self.start, self.plan, findings, person, password).plan


@pytest.fixture
def setting(secret_service: None, tmp_path: Path, ward: RunningGateway) -> Iterator[Setting]:
    made = Setting(tmp_path, ward, f"T{tmp_path.name[-6:].upper().replace('_', '-')}")
    yield made
    ward_people.put_down(made.start)


def refused(act: object) -> OperatorError:
    assert callable(act)
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def test_from_nothing_to_a_terminal_in_service(setting: Setting) -> None:
    setting.up_to_founder()
    setting.founds()
    staff = setting.plan
    setting.plan = ward_people.add_person(setting.start, staff, STAFF, Role.WARD_STAFF, FOUNDER.password)
    assert [one.person for one in ward_people.ward_people(setting.start)] == ["40100", "40127"]
    setting.up_to_checklist()
    before = setting.plan.step
    setting.signs()
    assert (before, setting.plan.step) == (Step.CHECKLIST, Step.DONE)
    office, _session = setting.start.at_work()
    assert sorted(file.name for file in office.settings.documents.glob("*.pdf")) == [
        f"going-live-{setting.name}.pdf",
        f"terminal-{setting.name}.pdf",
    ]
    synchronise(office)
    ward_people.put_down(setting.start)

    settings = load_settings(setting.start.folder / going_live.SETTINGS_FILE)
    assert not settings.training
    premises = open_premises(settings, setting.start.clock)
    try:
        assert going_live.is_in_service(settings, premises.accounts, premises.terminal.public)
        assert premises.trust.people["40127"].role == "ward_staff"
        office, session = sign_in(premises, STAFF.person, STAFF.password)
        assert session.role is Role.WARD_STAFF
        sign_out(office, session)
    finally:
        premises.close()
    everything = b"".join(
        file.read_bytes() for file in setting.folder.rglob("*") if file.is_file() and "session" not in file.parts
    )
    for secret in (FOUNDER.password, STAFF.password, PASSPHRASE.decode()):
        assert secret.encode() not in everything


def test_it_can_be_stopped_after_any_step_and_taken_up_again(setting: Setting) -> None:
    steps = (setting.names, setting.makes_keys, setting.joins, setting.keeps_recovery_key, setting.founds)
    for number, step in enumerate(steps):
        step()
        setting.start = FirstStart(setting.start.folder, setting.start.clock, setting.start.office, setting.start.session)
        assert first_start.load(setting.start) == setting.plan
        assert list(Step).index(setting.plan.step) == number + 1
    ward_people.put_down(setting.start)
    assert refused(lambda: ward_people.take_up(setting.start, setting.plan, "40100", "another password")).field == "password"
    assert setting.start.office is None
    setting.start.clock = Later()
    ward_people.take_up(setting.start, setting.plan, FOUNDER.person, FOUNDER.password)
    assert setting.start.office is not None


def test_a_founding_that_broke_off_is_taken_up(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    setting.up_to_founder()
    plan = setting.plan

    def broken_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(founding, "keep", broken_off)
        with pytest.raises(KeyboardInterrupt):
            founding.found(setting.start, plan, FOUNDER)
    setting.plan = ward_people.found_and_begin(setting.start, first_start.load(setting.start), FOUNDER)
    assert setting.plan.founder == FOUNDER.person


def test_what_does_not_fit_is_refused_at_its_field(setting: Setting, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "something").write_text("見本")
    assert refused(lambda: first_start.name_terminal(setting.start, Plan(), "T99", "端末", str(taken))).field == "business_folder"
    assert refused(lambda: first_start.name_terminal(setting.start, Plan(), "T99", "端末", "relative")).field == "business_folder"
    setting.names()
    setting.makes_keys()
    code = setting.enrols()
    join = founding.join_segment
    assert "2組目" in refused(lambda: join(setting.start, setting.plan, setting.gateway(code[:-1] + "*"))).message
    assert refused(lambda: join(setting.start, setting.plan, setting.gateway(""))).field == "code"
    assert refused(lambda: join(setting.start, setting.plan, setting.gateway(code, code))).field == "fingerprint"
    other = wire_enrolment.in_groups(bytes(wire_enrolment.FINGERPRINT_BYTES))
    with pytest.raises(EnvironmentTrouble, match="LK-02"):
        join(setting.start, setting.plan, setting.gateway(code, other))
    with pytest.raises(EnvironmentTrouble, match="LK-03"):
        join(setting.start, setting.plan, setting.gateway(wire_enrolment.in_groups(bytes(wire_enrolment.CODE_BYTES))))
    nowhere = Gateway("ward.example", 18443, SERVER_NAME, code, setting.gateway(code).fingerprint)
    assert refused(lambda: join(setting.start, setting.plan, nowhere)).field == "host"
    assert first_start.load(setting.start).step is Step.SEGMENT
    setting.joins()
    public = tmp_path / "ward.pub"
    public.write_bytes(recovery.public_file(recovery.public_of(recovery.new_private())))
    keep = founding.keep_recovery_key
    assert refused(lambda: keep(setting.start, setting.plan, str(tmp_path / "none"), "0000")).field == "recovery_file"
    assert refused(lambda: keep(setting.start, setting.plan, str(public), "....")).field == "compared"
    setting.keeps_recovery_key()
    weak = NewPerson("40100", "見本 管理", "kokuho", "kokuho")
    assert refused(lambda: founding.found(setting.start, setting.plan, weak)).field == "password"
    unlike = NewPerson("40100", "見本 管理", FOUNDER.password, "x")
    assert refused(lambda: founding.found(setting.start, setting.plan, unlike)).field == "repeated"


def test_a_training_gateway_takes_no_real_terminal(secret_service: None, tmp_path: Path, gateway: RunningGateway) -> None:
    setting = Setting(tmp_path, gateway, "T70")
    setting.names()
    setting.makes_keys()
    assert refused(setting.joins).code == "training"
    assert first_start.load(setting.start).step is Step.SEGMENT


def test_without_a_keyring_nothing_is_made(tmp_path: Path, ward: RunningGateway) -> None:
    setting = Setting(tmp_path, ward, "T71")
    setting.names()
    with pytest.raises(EnvironmentTrouble) as caught:
        setting.makes_keys()
    assert caught.value.code == "KY-05"
    assert first_start.load(setting.start).step is Step.KEYS


def test_only_a_ward_administrator_puts_a_terminal_into_service(setting: Setting) -> None:
    setting.up_to_founder()
    setting.founds()
    setting.plan = ward_people.add_person(setting.start, setting.plan, STAFF, Role.WARD_STAFF, FOUNDER.password)
    setting.up_to_checklist()
    assert refused(lambda: setting.signs(STAFF.person, STAFF.password)).code == "wrong-role"
    settings = first_start.settings_of(setting.plan)
    book = AccountBook(settings.accounts, FLOOR)
    public = setting.plan.public_key
    assert not going_live.is_in_service(settings, book, public)
    setting.signs()
    assert going_live.is_in_service(settings, book, public)
    assert not going_live.is_in_service(settings, book, "0" * 64), "another machine under the same name"
    file = settings.business_folder / going_live.FILE
    signed = json.loads(file.read_bytes())
    signed["contents"]["lines"][0]["note"] = "変えた"
    file.write_text(json.dumps(signed), encoding="utf-8")
    assert not going_live.is_in_service(settings, book, public)


def test_the_window_does_not_open_over_a_changed_checklist(setting: Setting, qapp: QApplication) -> None:
    setting.up_to_founder()
    setting.founds()
    setting.up_to_checklist()
    setting.signs()
    ward_people.put_down(setting.start)
    file = first_start.settings_of(setting.plan).business_folder / going_live.FILE
    whole = file.read_text(encoding="utf-8")
    for changed in (whole.replace("確かめました", "見ていません", 1), "{}", None):
        file.unlink() if changed is None else file.write_text(changed, encoding="utf-8")
        with pytest.raises(EnvironmentTrouble) as caught:
            run_terminal(setting.start.folder)
        assert caught.value.code == "SU-02"


def test_answers_wait_for_another_sitting(setting: Setting) -> None:
    first_start.keep_finding(setting.start, Finding("contacts", Verdict.CHECKED, "掲示した"))
    first_start.keep_finding(setting.start, Finding("seal", Verdict.NOT_NEEDED, "印影なし"))
    again = FirstStart(setting.start.folder, setting.start.clock)
    assert first_start.findings(again)["contacts"].note == "掲示した"
    assert first_start.findings(again)["seal"].verdict is Verdict.NOT_NEEDED


def test_a_second_terminal_is_taken_in_by_the_rooms_own_administrator(
    setting: Setting, tmp_path: Path, ward: RunningGateway
) -> None:
    setting.up_to_founder()
    setting.founds()
    setting.plan = ward_people.add_person(setting.start, setting.plan, STAFF, Role.WARD_STAFF, FOUNDER.password)
    office, _session = setting.start.at_work()
    synchronise(office)
    second = Setting(tmp_path / "second", ward, f"{setting.name[:12]}-2")
    second.up_to_founder()
    assert [one.person for one in founding.administrators(second.plan)] == ["40100"]
    stranger = ward_people.join_and_begin
    assert refused(lambda: stranger(second.start, second.plan, STAFF.person, STAFF.password)).field == "person"
    second.plan = ward_people.join_and_begin(second.start, second.plan, FOUNDER.person, FOUNDER.password)
    there, session = second.start.at_work()
    assert session.role is Role.WARD_ADMIN
    assert there.premises.accounts.find("40127").signing == office.premises.accounts.find("40127").signing
    assert there.contents.store_keys != office.contents.store_keys
    ward_people.put_down(second.start)


def test_the_terminals_own_key_is_sealed_under_the_keyring(setting: Setting) -> None:
    setting.names()
    setting.makes_keys()
    setting.joins()
    key = (first_start.settings_of(setting.plan).tls / f"{setting.name}.key").read_bytes()
    assert b"ENCRYPTED" in key
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(key, None)
