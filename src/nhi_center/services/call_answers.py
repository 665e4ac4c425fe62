"""回答例・必要書類・上限額: what stands beside a call, and the ward's own versions of the answers: written by one, approved and
signed by another, kept for good, told to the whole room.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache

from nhi_center import resources
from nhi_center.domain import call_answers as rules
from nhi_center.domain import call_book, call_guide
from nhi_center.domain.call_answers import Answer, AnswerVersion
from nhi_center.domain.call_book import CallBook, Category
from nhi_center.domain.call_guide import Guide
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.errors import OperatorError
from nhi_center.services import forms
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.signing import is_over, require_signature, sign_for
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import call_answers as storage
from nhi_center.storage.engine import Connection

ANSWER_KIND = "call_answer"
STATEMENT = "call_answer"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a call has beside it today."""

    book: CallBook
    guide: Guide
    today: date


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of an answer for the ward; ``approved_by`` and ``written_by`` are names, "" for what is shipped."""

    answer: Answer
    withdrawn: bool
    written_by: str
    approved_by: str
    written_at: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer with all its versions, the newest first; ``state``: 使用中, 要確認 or 取下げ."""

    category: Category
    versions: tuple[VersionLine, ...]
    state: str

    @property
    def newest(self) -> VersionLine:
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Every answer there ever was, and the categories a new one may belong to."""

    lines: tuple[AnswerLine, ...]
    categories: tuple[Category, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Written:
    """What the ward writes. ``id`` "" is a new answer of ``category`` (Q06); ``follows`` the version it was written from."""

    id: str
    category: str
    text: str
    section: str
    words: str
    checked: date
    follows: str = ""
    withdrawn: bool = False


@cache
def book() -> CallBook:
    """Categories, levels and the answers as they are shipped (resources/calls and resources/faq)."""
    tables = (resources.read_toml(f"calls/{name}.toml") for name in ("categories", "levels", "illness"))
    categories, levels, illness = tables
    faq = {path.name: path.read_text(encoding="utf-8") for path in resources.listing("faq", ".md")}
    return call_book.parse(categories, faq, levels, illness)


@cache
def guide() -> Guide:
    """必要書類 and 一般の上限額 (resources/calls)."""
    tables = (resources.read_toml(f"calls/{name}.toml") for name in ("documents", "ceilings"))
    documents, ceilings = tables
    known = {form.id for form in forms.catalogue().forms}
    return call_guide.parse(documents, ceilings, {one.code for one in book().categories}, known)


def book_now(connection: Connection) -> CallBook:
    """The book with the answers the ward gives today."""
    return replace(book(), answers=rules.in_force(book().answers, storage.every(connection)))


def cited(connection: Connection, text: str) -> tuple[str, ...]:
    """Ids of answers a text names, those withdrawn since too."""
    ever = (*book().answers, *(version.answer for version in storage.every(connection)))
    return replace(book(), answers=ever).cited(text)


def given(connection: Connection, text: str) -> tuple[Answer, ...]:
    """The answers a text names, as they stand today: what a record of today cites."""
    now = book_now(connection)
    known = {answer.id: answer for answer in now.answers}
    return tuple(known[id_] for id_ in now.cited(text))


def beside(office: Office, session: Session) -> Beside:
    """For the page of a call."""
    with reading(office, session, Action.CALL) as connection:
        return Beside(book_now(connection), guide(), office.clock.today())


# -- the ward's side --


def table(office: Office, session: Session) -> AnswerTable:
    """Every answer with its versions, for who may write them."""
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    with reading(office, session, Action.WRITE_ANSWER) as connection:
        approved = storage.approved(connection)
    today = office.clock.today()
    own: dict[str, list[VersionLine]] = {}
    for version, signature in approved:
        line = VersionLine(
            version.answer,
            version.withdrawn,
            names.get(version.written_by, version.written_by),
            signature.name,
            version.written_at,
        )
        own.setdefault(version.answer.id, []).append(line)
    for answer in book().answers:
        own.setdefault(answer.id, []).append(VersionLine(answer, False, "", "", ""))
    categories = {one.number: one for one in book().categories}
    lines = tuple(AnswerLine(categories[id_[:2]], tuple(own[id_]), _state(own[id_][0], today)) for id_ in sorted(own, key=_order))
    return AnswerTable(lines, book().categories, today)


def _order(id_: str) -> tuple[str, int]:
    number, _dash, running = id_.partition("-")
    return number, int(running)


def _state(newest: VersionLine, today: date) -> str:
    if newest.withdrawn:
        return "取下げ"
    return "要確認" if newest.answer.is_old(today) else "使用中"


def write(office: Office, session: Session, written: Written, person: str, password: str) -> str:
    """Keep a version, approved and signed on this page by a second person of the ward; gives the answer's id.

    Takes a password hash: run it in a lane. Raises OperatorError at the field that is wrong, when somebody else has written this
    answer meanwhile, and when ID or password is.
    """
    require(office, session, Action.WRITE_ANSWER)
    require_different(session.person, person, "回答を書いた人とは別の、区の人が承認します。")
    with reading(office, session, Action.WRITE_ANSWER) as connection:
        version = _version(office, session, connection, written)
    contents = version.contents()
    signature = sign_for(office, person, password, Action.APPROVE_ANSWER, STATEMENT, contents)
    facts = {"step": "answer_withdrawn" if written.withdrawn else "answer_written", "approved_by": signature.person}
    with begin(office, session, Action.WRITE_ANSWER, subject=version.answer.id, **facts) as unit:
        require_signature(office, signature, STATEMENT, contents, Role.WARD_STAFF, Role.WARD_ADMIN)
        _require_unchanged(unit.connection, version.answer.id, written.follows)
        storage.add(unit.connection, version, signature)
        unit.record(ANSWER_KIND, {"contents": contents, "signature": asdict(signature)})
    return version.answer.id


def _version(office: Office, session: Session, connection: Connection, written: Written) -> AnswerVersion:
    """As it will be signed. Raises OperatorError at the field."""
    ever = {*(answer.id for answer in book().answers), *(version.answer.id for version in storage.every(connection))}
    if written.id or written.withdrawn:
        if written.id not in ever:
            raise OperatorError("この回答はありません。一覧を更新して確かめてください。", code="unknown")
        id_ = written.id
    else:
        category = book().category(written.category)
        if category is None:
            raise OperatorError("分類を番号で選んでください。", field="category", code="unknown-category")
        id_ = rules.next_id(category.number, ever)
    _require_unchanged(connection, id_, written.follows)
    if not written.section.strip():
        raise OperatorError("答える係を入れてください。", field="section", code="no-section")
    key, today = str(uuid.uuid4()), office.clock.today()
    answer = Answer(id_, written.text, written.checked, written.section.strip(), rules.split_words(written.words), key)
    answer = answer if written.withdrawn else rules.check(answer, today)
    stamp = office.clock.local().isoformat(timespec="milliseconds")
    return AnswerVersion(key, answer, written.withdrawn, session.person, stamp)


def _require_unchanged(connection: Connection, id_: str, follows: str) -> None:
    newest = rules.last_versions(storage.every(connection)).get(id_)
    if (newest.id if newest else "") != follows:
        raise OperatorError("この回答は、ほかの人が先に書き直しました。一覧を見直してください。", code="written-meanwhile")


def take_answer(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Another terminal's version. Raises Disbelieved unless a second person of the ward, known here, signed exactly this."""
    version = rules.version_of(record.body["contents"])
    signature = Signature(**record.body["signature"])
    accounts = office.premises.accounts
    writer, signer = accounts.read(version.written_by), accounts.read(signature.person)
    if writer is None or writer.role is not Role.WARD_ADMIN:
        raise Disbelieved("not-a-ward-administrator")
    if signer is None or not signer.role.is_ward or signer.person == writer.person or signature.role != signer.role.value:
        raise Disbelieved("not-a-second-ward-person")
    if not is_over(signer, signature, STATEMENT, version.contents()):
        raise Disbelieved("bad-signature")
    if version.answer.number not in {one.number for one in book().categories} or not rules.ID.fullmatch(version.answer.id):
        raise Disbelieved("no-answer")
    storage.add(connection, version, replace(signature, name=signer.name))
