"""Writing an answer, or withdrawing it: what is kept, and the second person of the ward who signs exactly that."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.call_answers import TEXT_LIMIT
from nhi_center.errors import OperatorError
from nhi_center.services import call_answers as service
from nhi_center.services.call_answers import AnswerLine, AnswerTable, Written
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import FreeText

Kept = Callable[[object], object]
_TEXT_HEIGHT = 122
"""Label, three lines and the note: the dialog would take it from the lines."""


def open_writing(parent: QWidget, desk: Desk, found: AnswerTable, row: AnswerLine | None, kept: Kept) -> FormDialog:
    """A new version of ``row``, or without it a new answer, whose 分類 is asked for first."""
    category = None if row else _category(found)
    text = FreeText("text", f"回答({TEXT_LIMIT}文字まで)", lines=3, required=True)
    text.setMinimumHeight(_TEXT_HEIGHT)
    section = LineField("section", "答える係", limit=40, required=True)
    search = LineField("words", "さがす語(、で区切る。かなの読みも)", limit=100)
    checked = DateField("checked", "区確認日", today=found.today, required=True)
    checked.set_value(f"R{found.today.year - 2018}.{found.today.month}.{found.today.day}")
    person, password = _approver()
    if row is not None:
        answer = row.newest.answer
        text.set_value(answer.text)
        section.set_value(answer.section)
        search.set_value("、".join(answer.words))
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        day = checked.day()
        if day is None:
            raise OperatorError("区が確かめた日を入れてください。", field="checked")
        answer = row.newest.answer if row else None
        written = Written(
            id=answer.id if answer else "",
            category=category.value() if category else "",
            text=text.value(),
            section=section.value(),
            words=search.value(),
            checked=day,
            follows=answer.version if answer else "",
        )
        who = person.value().strip(), password.value()
        return lambda: service.write(office, session, written, *who)

    first: tuple[tuple[LabelledField, ...], ...] = ((category,),) if category else ()
    rows = (*first, (text,), (search,), (section, checked), (person, password))
    title = f"回答 {row.newest.answer.id} を書き直す" if row else "新しい回答を書く"
    words = "一般の案内だけを書きます。前の版は残り、いつまでも読めます。\n書いた人とは別の区の人が、下で承認します。"
    return open_form(FormDialog(parent, desk, title, words, rows, yes="承認して使う", act=act, kept=kept))


def open_withdrawal(parent: QWidget, desk: Desk, row: AnswerLine, kept: Kept) -> FormDialog:
    """The answer is not given any more; its versions stay."""
    answer = row.newest.answer
    person, password = _approver()
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        gone = Written(answer.id, "", answer.text, answer.section, "、".join(answer.words), answer.checked, answer.version, True)
        who = person.value().strip(), password.value()
        return lambda: service.write(office, session, gone, *who)

    words = f"「{answer.text}」\n電話の画面から消えます。番号と前の版は残り、F3 で書き直すとまた使えます。"
    title = f"回答 {answer.id} を取下げにする"
    return open_form(
        FormDialog(parent, desk, title, words, ((person, password),), yes="取下げにする", act=act, kept=kept, danger=True)
    )


def _category(found: AnswerTable) -> ChoiceField:
    choices = tuple(Choice(one.code, one.title, one.number) for one in found.categories)
    return ChoiceField("category", "分類", choices, required=True)


def _approver() -> tuple[LineField, PasswordField]:
    person = LineField("person", "承認する区の人のID", limit=16, ime=False, required=True)
    return person, PasswordField("password", "承認する人のパスワード", required=True)
