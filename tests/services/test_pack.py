"""証拠一式: what a period leaves as proof in one file, proven without this terminal; whatever was changed in it is found."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from nhi_center.domain import canonical, report_period
from nhi_center.domain import pack as rules
from nhi_center.domain.erasure import DiskMethod
from nhi_center.domain.incident_report import Kind, Report
from nhi_center.domain.incidents import Entry, Step
from nhi_center.domain.operators import Session
from nhi_center.domain.pack import Group, PackFault
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import trust_to_json
from nhi_center.errors import OperatorCancelled
from nhi_center.services import copies, erasure, incidents, reports, roster_papers
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.services.incident_sheet import make_report
from nhi_center.services.office import Office
from nhi_center.services.pack import NO_REPORT, NO_REVIEW, make_pack
from nhi_center.services.receipts import make_receipt
from nhi_center.storage import incidents as storage
from nhi_center.verify import cli, packs
from tests.services.test_handover import received
from tests.services.test_on_site_inspection import ended
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


@pytest.fixture
def made(desk: Desk) -> Path:
    """Of a month with one 便, made by the supervisor."""
    office, clerk = desk
    make_receipt(office, clerk, received(desk).handover.id)
    return make_pack(office, as_person(office, "s-toko"), report_period.month(office.clock.today()))


def changed(path: Path, how: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    how(files)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    target = path.with_name("changed.pack.zip")
    target.write_bytes(held.getvalue())
    return target


def test_everything_of_the_month_is_in_it_and_proven_alone(
    desk: Desk, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, _clerk = desk
    assert made.name == "pack-T04-2026-11.pack.zip"
    found, log = packs.check(made, office.premises.trust)
    assert (found.period, found.terminal, found.made_by, found.missing) == (
        ("2026-11-01", "2026-11-30"),
        "T04",
        "s-toko",
        (NO_REVIEW,),
    )
    assert [one.name for one in found.of(Group.RECEIPTS)] == ["receipts/receipt-20261124-1.pdf"]
    titles = [one.title for one in found.of(Group.BOOKS)]
    for title in ("従事者名簿", "研修記録", "誓約の記録", "受渡簿", "入退室・鍵管理簿", "情報管理台帳", "情報保護対策の一覧"):
        assert title in titles
    assert (log.first, log.last) == (1, found.last)
    with zipfile.ZipFile(made) as archive:
        (tmp_path / "summary.pdf").write_bytes(archive.read("summary.pdf"))
    assert "receipt-20261124-1.pdf" in words_of(tmp_path / "summary.pdf").replace("\n", "")
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps(trust_to_json(office.premises.trust)))
    assert cli.main(["pack", str(made), "--trust", str(trust)]) == 0
    told = capsys.readouterr().out
    assert "○ 証拠一式は変わっていません: 端末 T04 2026-11-01 から 2026-11-30 まで" in told
    assert "受領証 1件" in told


def _one_more(files: dict[str, bytes]) -> None:
    files["books/other.pdf"] = b"%PDF"


def _one_less(files: dict[str, bytes]) -> None:
    del files["receipts/receipt-20261124-1.pdf"]


def _another_byte(files: dict[str, bytes]) -> None:
    files["summary.pdf"] = files["summary.pdf"][:-1] + b"x"


def _another_count(files: dict[str, bytes]) -> None:
    body = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(body | {"made_by": "k-ichiro"}, separators=(",", ":"), sort_keys=True).encode()


def _no_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


@pytest.mark.parametrize("how", [_one_more, _one_less, _another_byte, _another_count, _no_manifest])
def test_whatever_is_changed_is_found(desk: Desk, made: Path, how: Callable[[dict[str, bytes]], None]) -> None:
    with pytest.raises(PackFault):
        packs.check(changed(made, how), desk[0].premises.trust)


def test_a_torn_file_and_one_that_is_none(desk: Desk, made: Path, tmp_path: Path) -> None:
    torn, none = tmp_path / "torn.zip", tmp_path / "none.zip"
    torn.write_bytes(made.read_bytes()[:-100])
    none.write_bytes(b"no zip")
    for path in (torn, none):
        with pytest.raises(PackFault, match="途中で切れて"):
            packs.check(path, desk[0].premises.trust)


def _offset(path: Path, name: str) -> int:
    """Where the packed bytes of one file begin."""
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo(name).header_offset + 30 + len(name)


@pytest.mark.parametrize("name", ["manifest.json", "summary.pdf"])
def test_a_byte_that_is_another_within_the_packed_bytes(desk: Desk, made: Path, tmp_path: Path, name: str) -> None:
    data = bytearray(made.read_bytes())
    data[_offset(made, name)] = 0xFF  # no kind of block that there is
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bytes(data))
    with pytest.raises(PackFault, match="途中で切れて"):
        packs.check(broken, desk[0].premises.trust)


def test_a_file_that_unpacks_to_more_than_it_says_is_not_unpacked(desk: Desk, made: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.json", b" " * 128 * 1024**2)
    data = bytearray(bomb.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the size it says in the list at the end
    bomb.write_bytes(bytes(data))
    tracemalloc.start()
    try:
        with pytest.raises(PackFault):
            packs.check(bomb, desk[0].premises.trust)
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["terminal", "made_by", "training", "last"])
def test_a_manifest_of_other_things_is_none(desk: Desk, made: Path, name: str) -> None:
    def how(files: dict[str, bytes]) -> None:
        body = json.loads(files["manifest.json"])
        files["manifest.json"] = canonical.encode(body | {name: ["T04"]})

    with pytest.raises(PackFault, match="目録の形"):
        packs.check(changed(made, how), desk[0].premises.trust)


def test_a_way_of_packing_that_is_none_of_ours(desk: Desk, made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(other, "w", zipfile.ZIP_LZMA) as again:
        for name in archive.namelist():
            again.writestr(name, archive.read(name))
    with pytest.raises(PackFault, match="形ではありません"):
        packs.check(other, desk[0].premises.trust)


def test_a_receipt_signed_by_nobody_known_is_found_though_the_terminal_packed_it(desk: Desk, made: Path) -> None:
    trust = desk[0].premises.trust
    with pytest.raises(SealFault, match="receipt-20261124-1"):
        packs.check(made, type(trust)(trust.gateway, trust.terminals, {}))


def test_what_is_gone_or_changed_is_said(desk: Desk, made: Path) -> None:
    office, _clerk = desk
    receipt = office.settings.documents / "receipt-20261124-1.pdf"
    receipt.write_bytes(receipt.read_bytes() + b" ")
    month, supervisor = report_period.month(office.clock.today()), as_person(office, "s-toko")
    again = make_pack(office, supervisor, month)
    assert again.name == "pack-T04-2026-11-2.pack.zip"
    assert packs.check(again, office.premises.trust)[0].missing == (
        NO_REVIEW,
        "receipt-20261124-1.pdf が変わっているので、入っていません",
    )
    receipt.unlink()
    third = make_pack(office, supervisor, month)
    assert packs.check(third, office.premises.trust)[0].missing == (
        NO_REVIEW,
        "receipt-20261124-1.pdf がないので、入っていません",
    )


def test_an_inspection_that_ended_within_the_period_is_in_it_with_its_signatures(desk: Desk) -> None:
    office, _clerk = desk
    inspection = ended(office)
    month, supervisor = report_period.month(office.clock.today()), as_person(office, "s-toko")
    made = make_pack(office, supervisor, month)
    found, _log = packs.check(made, office.premises.trust)
    assert [one.name for one in found.of(Group.REPORTS)] == [f"reports/on-site-T04-20261124-{inspection.id[:8]}.pdf"]
    trust = office.premises.trust
    with pytest.raises(SealFault, match="on-site"):
        packs.check(made, type(trust)(trust.gateway, trust.terminals, {}))
    before = packs.check(make_pack(office, supervisor, month.previous), trust)[0]
    assert before.of(Group.REPORTS) == ()


def test_the_reports_of_the_month_are_in_it_closed_as_they_are(desk: Desk) -> None:
    office, _clerk = desk
    supervisor, month = as_person(office, "s-toko"), report_period.month(office.clock.today())
    pair = Pair(Credential("s-toko", PASSWORDS["s-toko"]), Credential("40127", PASSWORDS["40127"]))
    reports.export(office, supervisor, reports.of_period(office, supervisor, month), pair)
    made = make_pack(office, supervisor, month)
    names = [one.name for one in packs.check(made, office.premises.trust)[0].of(Group.EXPORTS)]
    assert names == ["exports/summary-T04-2026-11.pdf", "exports/summary-T04-2026-11.manifest.json"]
    trust = office.premises.trust
    nobody = {person: known for person, known in trust.people.items() if person != "40127"}
    with pytest.raises(PackFault, match=r"summary-T04-2026-11\.pdf"):
        packs.check(made, type(trust)(trust.gateway, trust.terminals, nobody))


def reported(office: Office, clerk: Session) -> str:
    """A loss of which the ward has 第1報 and 続報 in writing."""
    found_at = office.clock.local().isoformat(timespec="minutes")
    words = "保管庫から出した届出1枚が見当たらない。"
    loss = Report(Kind.LOSS, happened=False, found_at=found_at, found_by="", words=words, persons=1, items="氏名、住所")
    id_ = incidents.report(office, clerk, loss)
    make_report(office, clerk, id_)
    incidents.write(office, clerk, id_, "保管庫の中を二人で探した。")
    make_report(office, clerk, id_)
    return id_


def month_of(office: Office) -> report_period.Period:
    return report_period.month(office.clock.today())


def test_written_reports_of_incidents_are_in_it_and_the_log_proves_them(desk: Desk, tmp_path: Path) -> None:
    office, clerk = desk
    reported(office, clerk)
    supervisor, trust = as_person(office, "s-toko"), office.premises.trust
    made = make_pack(office, supervisor, month_of(office))
    found, _log = packs.check(made, trust)
    names = [f"incidents/incident-20261124-{stage}.pdf" for stage in ("first", "next")]
    assert [(one.name, one.title) for one in found.of(Group.INCIDENTS)] == [
        (names[0], "事故報告書 第1報"),
        (names[1], "事故報告書 続報"),
    ]
    assert found.missing == (NO_REVIEW,)
    with zipfile.ZipFile(made) as archive:
        for name in ("summary.pdf", names[0]):
            (tmp_path / Path(name).name).write_bytes(archive.read(name))
    assert "incident-20261124-next.pdf" in words_of(tmp_path / "summary.pdf")
    assert "保管庫から出した届出1枚が見当たらない。" in words_of(tmp_path / "incident-20261124-first.pdf")
    assert "  事故報告書 2件" in list(packs.words(found, _log))
    assert packs.check(make_pack(office, supervisor, month_of(office).previous), trust)[0].of(Group.INCIDENTS) == ()


def test_a_report_that_the_log_does_not_know_is_found_though_the_terminal_packed_it(desk: Desk) -> None:
    """As a terminal would pack it whose store had been changed: another file of that name, with its own fingerprint."""
    office, clerk = desk
    id_ = reported(office, clerk)
    other, at = office.settings.documents / "incident-20261124-other.pdf", office.clock.local().isoformat()
    other.write_bytes(b"%PDF-1.7 another one")
    with office.store.write.begin() as connection:
        storage.keep_paper(connection, id_, other.name, hashlib.sha256(other.read_bytes()).hexdigest(), at, "k-ichiro")
        entry = Entry(Step.REPORTED, f"続報 {other.name}", "", "", at, "k-ichiro")
        storage.add(connection, id_, entry)
    made = make_pack(office, as_person(office, "s-toko"), month_of(office))
    with pytest.raises(PackFault, match=r"incident-20261124-other\.pdf は、操作記録にある"):
        packs.check(made, office.premises.trust)


def test_a_report_that_is_gone_or_changed_is_made_again_from_the_record(desk: Desk, tmp_path: Path) -> None:
    office, clerk = desk
    id_ = reported(office, clerk)
    first, following = (office.settings.documents / f"incident-20261124-{stage}.pdf" for stage in ("first", "next"))
    first.unlink()
    following.write_bytes(following.read_bytes() + b" ")
    for step, words in ((Step.CAUSE, "封筒に入れたまま戻した。"), (Step.PREVENTION, "封筒を開いて数える。")):
        incidents.write(office, clerk, id_, words, step)
    made = make_pack(office, as_person(office, "s-toko"), month_of(office))
    found, _log = packs.check(made, office.premises.trust)
    again = [f"incidents/again-20261124-{id_[:8]}-{number}.pdf" for number in (1, 2)]
    assert [one.name for one in found.of(Group.INCIDENTS)] == again
    assert found.missing == (
        NO_REVIEW,
        "incident-20261124-first.pdf がないので、記録から作り直しました",
        "incident-20261124-next.pdf が変わっているので、記録から作り直しました",
    )
    told = []
    with zipfile.ZipFile(made) as archive:
        for name in again:
            (tmp_path / "again.pdf").write_bytes(archive.read(name))
            told.append(words_of(tmp_path / "again.pdf"))
    assert "第1報" in told[0]
    assert "続報(第2報)" in told[1]
    assert [("二人で探した" in one, "封筒を開いて数える" in one) for one in told] == [(False, False), (True, False)]
    assert all("記録から作り直したもの" in one for one in told)
    assert list(office.settings.documents.glob("*again*")) == []


def test_an_incident_nobody_has_reported_in_writing_is_said(desk: Desk) -> None:
    office, clerk = desk
    found_at = office.clock.local().isoformat(timespec="minutes")
    loss = Report(Kind.LOSS, happened=False, found_at=found_at, found_by="", words="見当たらない。")
    incidents.report(office, clerk, loss)
    made = make_pack(office, as_person(office, "s-toko"), month_of(office))
    assert packs.check(made, office.premises.trust)[0].missing == (NO_REVIEW, NO_REPORT.format(1))


def test_certificates_of_erasures_are_in_it_with_both_signatures(desk: Desk, tmp_path: Path) -> None:
    office, _clerk = desk
    supervisor, trust = as_person(office, "s-toko"), office.premises.trust
    pair = Credential("s-toko", PASSWORDS["s-toko"]), Credential("40127", PASSWORDS["40127"])
    ended = erasure.record_disk(office, supervisor, "T09", "SN-0001", DiskMethod.SHREDDED, "4階 事務室", *pair)
    made = make_pack(office, supervisor, month_of(office))
    (one,) = packs.check(made, trust)[0].of(Group.ERASURES)
    assert (one.name, one.title) == (
        f"erasures/erasure-20261124-{ended.id[:8]}.pdf",
        f"消去証明書 端末 T09 のディスク {ended.state.label}",
    )
    with zipfile.ZipFile(made) as archive:
        (tmp_path / "certificate.pdf").write_bytes(archive.read(one.name))
        (tmp_path / "summary.pdf").write_bytes(archive.read("summary.pdf"))
    assert "消去証明書" in words_of(tmp_path / "certificate.pdf")
    assert "消去証明書" in words_of(tmp_path / "summary.pdf")
    nobody = {person: known for person, known in trust.people.items() if person != "40127"}
    with pytest.raises(SealFault, match="erasure-20261124"):
        packs.check(made, type(trust)(trust.gateway, trust.terminals, nobody))
    assert packs.check(make_pack(office, supervisor, month_of(office).previous), trust)[0].of(Group.ERASURES) == ()


def test_what_is_made_for_it_lies_in_it_alone(desk: Desk) -> None:
    """A book that somebody has made before stays where he has it."""
    office, _clerk = desk
    supervisor, day = as_person(office, "s-toko"), office.clock.today()
    ended(office)
    roster = roster_papers.make_list(office, supervisor, "roster")
    copies.write_ledger(office, supervisor).unlink()
    made = make_pack(office, supervisor, report_period.month(day))
    assert set(office.settings.documents.iterdir()) == {roster, made}
    assert len(packs.check(made, office.premises.trust)[0].files) > 5


def test_stopped_there_is_none(desk: Desk) -> None:
    office, _clerk = desk

    def stop(done: int, _total: int, _words: str) -> None:
        if done == 3:
            raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        make_pack(office, as_person(office, "s-toko"), report_period.month(office.clock.today()), stop)
    assert list(office.settings.documents.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["log/../x", "/etc/passwd", "books/", "other/a.pdf", "log/.hidden", "summary.pdf.exe", "log/a/b"]
)
def test_no_file_of_a_pack_has_another_place(name: str) -> None:
    assert rules.NAME.fullmatch(name) is None
