"""疑義照会票 as a PDF in the documents folder. It waits for the PDF process: run it in the print lane.

The file is named after the numbers of the 照会; neither on the page nor in the name stands who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.calls import due_words
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.files import free_name
from nhi_center.printing.sheets import InquiryQuestion, InquirySheet
from nhi_center.services import holds, ward_settings
from nhi_center.services.documents import document
from nhi_center.services.holds import Question
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading

ADDRESSEE = "新宿区 健康部 医療保険年金課"
FOOTER = "新宿区 国民健康保険事務センター 疑義照会票"


@logs_outside
def make_sheet(office: Office, session: Session, hold_ids: Sequence[str] = ()) -> Path:
    """These 照会, or all the ward has not answered. Raises OperatorError when there is none, EnvironmentTrouble (PDF process)."""
    with reading(office, session, Action.SETTLE_HOLD) as connection:
        company = ward_settings.company(office, connection)
        chosen = tuple(one for one in holds.questions(connection, company) if not hold_ids or one.hold in hold_ids)
    if not chosen:
        raise OperatorError("区の回答を待つ照会がありません。先に区へ照会してください。", code="nothing-asked")
    target = free_name(office.settings.documents, _file_name(chosen), ".pdf", office.settings.business_folder)
    act = begin(office, session, Action.SETTLE_HOLD, step="export", kind="inquiry", count=len(chosen))
    return document(office, target.name, _sheet(office, company, chosen), act)


def _file_name(chosen: Sequence[Question]) -> str:
    numbers = sorted(one.query for one in chosen if one.query)
    span = dict.fromkeys((numbers[0], numbers[-1])) if numbers else {"before": None}
    return "-".join(("inquiry", *span))


def _sheet(office: Office, company: str, chosen: Sequence[Question]) -> InquirySheet:
    return InquirySheet(
        day=wareki(office.clock.today()),
        addressee=ADDRESSEE,
        company=company,
        terminal=office.settings.label,
        footer=FOOTER,
        questions=tuple(
            InquiryQuestion(one.query, one.number, one.form_title, one.question, _urgent(office, one.urgent_until))
            for one in chosen
        ),
        sample=office.settings.training,
    )


def _urgent(office: Office, until: str) -> str:
    return f"至急 {due_words(datetime.fromisoformat(until), office.clock.today())}まで(窓口で待つ人がいます)" if until else ""
