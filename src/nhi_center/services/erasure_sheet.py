"""消去証明書: what was erased, how, when, where and by whom, and what could still be read; a partial one says so (特記 12)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.erasure import METHODS, STATEMENT, STEP_WORDS, Erasure, Scope, State, Step
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import devices, ward_settings
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import sealed_document
from nhi_center.services.work import begin, reading
from nhi_center.storage import erasure as storage

CONTRACT = "国民健康保険事務センター業務委託"


@logs_outside
def certificate(office: Office, session: Session, id_: str) -> Path:
    """消去証明書 of an erasure that has ended, whole or in part, in the documents folder. Run it in the print lane.

    Raises OperatorError while it has not ended, EnvironmentTrouble (the PDF process, the disk).
    """
    with reading(office, session, Action.ERASE) as connection:
        erasure = storage.find(connection, id_)
        company = ward_settings.company(office, connection)
    if erasure is None or not erasure.ended_at:
        raise OperatorError("この消去はまだ終わっていません。先に続きを行ってください。", code="erasure-open")
    devices.require_none_held(office, "export")
    made = office.settings.documents / file_name(erasure)
    page = sheet(office, company, erasure)
    sealed = sealed_document(office, made, page, STATEMENT, erasure.contents, erasure.signatures)
    with begin(office, session, Action.ERASE, subject=id_, step="certificate", state=erasure.state.value) as unit:
        unit.write(made, sealed)
    return made


def file_name(erasure: Erasure) -> str:
    """By day and id: a partial one and the one of its end lie side by side."""
    state = "" if erasure.state is State.DONE else "-partial"
    return f"erasure-{erasure.ended_at[:10].replace('-', '')}-{erasure.id[:8]}{state}.pdf"


def sheet(office: Office, company: str, erasure: Erasure) -> ListSheet:
    """What the printed page says: the signed contents, the steps and the proof, and nothing else."""
    said = erasure.contents
    supervisor, ward = erasure.signatures
    done = erasure.state is State.DONE
    return ListSheet(
        title="消去証明書" if done else "消去証明書(一部消去)",
        subtitle=f"{erasure.title} {wareki(datetime.fromisoformat(erasure.ended_at).date())}",
        footer=f"消去証明書 {said['terminal']} {erasure.id}",
        pairs=(
            ("契約の件名", CONTRACT),
            ("受託者", company),
            ("対象", erasure.title),
            ("媒体", f"端末 {said['terminal']}" + ("(業務フォルダー)" if erasure.scope is not Scope.DISK else " のディスク")),
            ("方法", str(said["method"])),
            ("場所", str(said["place"])),
            ("承認した日時", _when(erasure.agreed_at)),
            ("終えた日時", _when(erasure.ended_at)),
            ("結果", erasure.state.label if done else f"{erasure.state.label} — {_missing(erasure)}"),
            ("操作記録の番号", f"端末 {office.terminal} の {erasure.entry}番"),
        ),
        names=(("実施(取扱責任者)", supervisor.name), ("立会い(区職員)", ward.name)),
        parts=(
            ListPart("消去したもの", _WHAT, _counts(erasure)),
            *((ListPart("手順と方法", _HOW, _steps(erasure)),) if erasure.scope is not Scope.DISK else ()),
            ListPart("消えたことの確認", _SEEN, tuple((one.words, f"{one.left:,}", one.seen) for one in erasure.findings)),
            ListPart("証明", notes=(_statement(erasure), *_fingerprints(erasure))),
        ),
        boxes=("受託者", "取扱責任者", "区職員"),
        sample=office.settings.training,
    )


_WHAT = (ListColumn("項目", 130), ListColumn("件数", 40, right=True))
_HOW = (ListColumn("手順", 76), ListColumn("方法", 54), ListColumn("終えた日時", 40))
_SEEN = (ListColumn("読もうとしたもの", 56), ListColumn("読めた数", 22, right=True), ListColumn("内容", 92))


def _counts(erasure: Erasure) -> tuple[tuple[str, ...], ...]:
    return tuple((str(one["words"]), f"{one['number']:,}") for one in erasure.contents["counts"] if one["number"])


def _steps(erasure: Erasure) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (STEP_WORDS[step], METHODS[step], _when(erasure.steps[step]) if step in erasure.steps else "まだ行っていません")
        for step in Step
    )


def _missing(erasure: Erasure) -> str:
    left = [STEP_WORDS[step] for step in Step if step not in erasure.steps] if erasure.scope is not Scope.DISK else []
    return "、".join((*left, *(one.words for one in erasure.findings if not one.good)))


def _statement(erasure: Erasure) -> str:
    if erasure.state is State.DONE:
        return "上のとおり個人情報を消去し、読めないことを確かめたことを証明します。この消去は元に戻せません。"
    return "一部を消去しました。まだ行っていない手順と、読めた数が0でないものは残っています。全部の消去の証明ではありません。"


def _fingerprints(erasure: Erasure) -> tuple[str, ...]:
    return tuple(f"{one.name} の署名 {_when(one.signed_at)} 指紋 {one.value[:32]}" for one in erasure.signatures)


def _when(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"{wareki(moment.date())} {moment:%H:%M}"
