"""The lines of 本日の業務: what this person may do now, made from one reading of the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from nhi_center.domain.calls import CallBack
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.entry import Application, State
from nhi_center.domain.holds import Stage
from nhi_center.domain.identifiers import mask_phone
from nhi_center.domain.operators import Action
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.today import Task, Urgency, due_state, urgency_of
from nhi_center.services import forms, today_controls, today_papers, today_roster
from nhi_center.services.call_answers import book
from nhi_center.services.entry import form_title
from nhi_center.services.today_reading import Reading
from nhi_center.storage import calls, register, turning, ward_requests
from nhi_center.storage.engine import Connection


def gather(connection: Connection, seen: Reading) -> Iterator[Task]:
    """Every line this person's role may open, in the order of the work."""
    yield from today_papers.cash(seen)
    yield from today_papers.incidents(seen)
    yield from today_papers.handovers(seen)
    if seen.session.may(Action.CALL):
        yield from _calls(connection, seen)
    if seen.session.may(Action.ENTER):
        yield from _drafts(seen)
        yield from today_papers.piles(seen)
    if seen.session.may(Action.VERIFY):
        yield from _verifications(seen)
    if seen.session.may(Action.PRINT):
        yield from _certificates(seen)
        yield from _turned(turning.open_count(connection, protected=False), "book", "年齢や有効期限で証が変わる人")
    if seen.session.may(Action.REVIEW):
        yield from _reviews(seen)
        yield from _ward_requests(connection, seen)
    if seen.session.may(Action.ISSUE):
        title = "年齢や有効期限で証が変わる人(支援措置)"
        yield from _turned(turning.open_count(connection, protected=True), "ward_book", title)
    yield from _exchange(seen)
    yield from _questions(seen)
    yield from _awaited(seen)
    yield from today_papers.overdue(seen)
    yield from today_papers.asked_papers(seen)
    yield from today_papers.to_hand_over(seen)
    if seen.session.may(Action.INSPECT):
        yield from _refused(seen)
    yield from today_roster.tasks(connection, seen.session, seen.now.date())
    yield from today_controls.tasks(connection, seen.session, seen.now.date())
    if seen.session.may(Action.DAY_CLOSE) and seen.closed is None:
        yield Task(
            key="day_close",
            urgency=Urgency.NORMAL,
            what="終業点検",
            title="残りの確認と署名",
            state="署名前",
            screen="inspection",
            params={"page": "day_close"},
        )


def _calls(connection: Connection, seen: Reading) -> Iterator[Task]:
    begun = {call.returns: call for call in seen.open_calls}
    for back in seen.backs:
        # A promise outlives the shift: of who has gone home it is everybody's.
        mine = back.owner in ("", seen.session.person) or back.owner not in seen.inside
        if mine and back.id not in begun:
            yield _call_back(connection, seen, back)
    for call in seen.open_calls:
        if call.clerk == seen.session.person:
            category = book().category(call.draft.category)
            yield Task(
                key=f"call-{call.id}",
                urgency=Urgency.TODAY,
                what="電話の記入",
                title=category.title if category else "分類はまだです",
                about=f"受付 {call.number}",
                state=call.state.label,
                screen="call",
                params={"call": call.id},
            )


def _call_back(connection: Connection, seen: Reading, back: CallBack) -> Task:
    call = calls.find(connection, back.call)
    category = book().category(call.draft.category) if call else None
    person = register.find(connection, call.draft.atena) if call and call.draft.atena else None
    return Task(
        key=f"back-{back.id}",
        urgency=urgency_of(back.due, seen.now),
        what="折返し電話",
        title=category.title if category else "",
        about=mask_phone(back.number),
        person=person.name if person and not person.protected else "",
        due=back.due,
        state=due_state(back.due, seen.now),
        screen="call",
        params={"callback": back.id},
        leads=True,
    )


def _drafts(seen: Reading) -> Iterator[Task]:
    """Own drafts, and for a supervisor everybody's: only these two may open them."""
    for application in seen.at(State.DRAFTING, State.RECEIVED):
        mine = application.keyer == seen.session.person
        if application.state is State.DRAFTING and not mine and not seen.session.may(Action.ADJUDICATE):
            continue
        answered = application.id in seen.answered
        keyer = "" if mine else seen.names.get(application.keyer, "")
        yield _paper_task(
            seen,
            application,
            "入力" if application.state is State.RECEIVED or application.urgent_until else "下書き",
            _answered(seen, application) if answered else f"入力 {keyer}" if keyer else _page(application),
            screen="entry",
            at_least=Urgency.TODAY if answered else Urgency.NORMAL,
        )


def _answered(seen: Reading, application: Application) -> str:
    return "区の回答あり" if seen.answered[application.id].by_ward else "責任者の回答あり"


def _page(application: Application) -> str:
    pages = [page.id for page in forms.form(application.form, application.form_day).pages]
    return f"{pages.index(application.draft.page) + 1}頁目まで" if application.draft.page in pages else ""


def _verifications(seen: Reading) -> Iterator[Task]:
    for application in seen.to_verify:
        state = f"入力 {seen.names.get(application.keyer, '')}"
        yield _paper_task(seen, application, "照合", state, screen="verification")


def _turned(count: int, screen: str, title: str) -> Iterator[Task]:
    if count:
        yield Task(
            key="turning",
            urgency=Urgency.NORMAL,
            what="期限・年齢",
            title=title,
            state=f"{count}件",
            screen=screen,
            params={"page": "turning"},
        )


def _ward_requests(connection: Connection, seen: Reading) -> Iterator[Task]:
    """What callers want of the ward, one line for all of it; since yesterday it is 本日中."""
    waiting = ward_requests.open_ones(connection)
    if waiting:
        yield Task(
            key="ward_requests",
            urgency=urgency_of("", seen.now, since=waiting[0].day.isoformat()),
            what="連絡票",
            title=f"電話からの連絡 {len(waiting)}件",
            about=waiting[0].number,
            state="回答待ち",
            screen="ward_requests",
        )


def _reviews(seen: Reading) -> Iterator[Task]:
    for application in seen.at(State.VERIFIED):
        yield _paper_task(seen, application, "区の審査", "照合済", screen="review")


def _certificates(seen: Reading) -> Iterator[Task]:
    """One line a kind and state; sheets in hand come before sheets to print. 至急 stands alone, with its clock."""
    urgent = {application.id: application for application in seen.applications if application.urgent_until}
    for states, what, state, urgency in (
        ((JobState.PRINTING, JobState.NEEDS_CHECK), "検品", "現物を確認", Urgency.TODAY),
        ((JobState.SPOILED_WAITING,), "書損の承認", "別の人の承認待ち", Urgency.TODAY),
        ((JobState.QUEUED,), "出力", "区審査済", Urgency.NORMAL),
        ((JobState.BLOCKED,), "出力できない証", "区へ確認", Urgency.NORMAL),
    ):
        waiting = seen.jobs_at(*states)
        for application in (urgent[job.application] for job in waiting if job.application in urgent):
            yield _paper_task(seen, application, what, state, screen="certificates")
        for kind in Kind:
            jobs = [job for job in waiting if job.kind is kind and job.application not in urgent]
            if jobs:
                yield Task(
                    key=f"certificates-{states[-1].value}-{kind.value}",
                    urgency=urgency,
                    what=what,
                    title=f"{kind.short_title} {len(jobs)}枚",
                    about=_paper_words(seen, jobs),
                    state=state,
                    screen="certificates",
                )


def _paper_words(seen: Reading, jobs: list[Job]) -> str:
    """用紙 with the numbers on the sheets, or those the next ones will have."""
    numbers = [job.serial for job in jobs if job.serial]
    if not numbers and jobs[0].state is JobState.QUEUED:
        stock = next((pack for pack in seen.paper if pack.prefix == jobs[0].prefix), None)
        numbers = list(stock.upcoming(len(jobs))) if stock else []
        if len(numbers) < len(jobs):
            return "用紙が足りません"
    if not numbers:
        return ""
    return f"用紙 {min(numbers)}" + ("から" if len(numbers) > 1 else "")


def _paper_task(
    seen: Reading, application: Application, what: str, state: str, *, screen: str, at_least: Urgency = Urgency.NORMAL
) -> Task:
    slip = seen.slips.get(application.slip)
    due = application.urgent_until
    urgency = min(urgency_of(due, seen.now, promised=True, since=application.day), at_least)
    return Task(
        key=f"application-{application.id}",
        urgency=urgency,
        what=what,
        title=form_title(application.form, application.form_day),
        about=f"管理票 {application.number}" + (f" {slip.sheets}枚" if slip and slip.sheets else ""),
        due=due,
        state=due_state(due, seen.now) or state,
        screen=screen,
        params={"application": application.id, "slip": application.slip},
    )


def _questions(seen: Reading) -> Iterator[Task]:
    """保留・照会: a line to act on for who must answer, the 取扱責任者 or the ward; for the others one to know of."""
    held = {application.id: application for application in seen.at(State.HELD)}
    for hold in seen.holds:
        application = held.get(hold.application)
        if application is not None and (found := _hold_words(seen, hold.stage)) is not None:
            what, screen, acts = found
            asked = datetime.fromisoformat(hold.sent_at or hold.asked_at)
            when = f"{asked:%H:%M}" if asked.date() == seen.now.date() else f"{asked.month}月{asked.day}日"
            yield Task(
                key=f"hold-{hold.id}",
                urgency=min(
                    urgency_of(application.urgent_until, seen.now, promised=True), Urgency.TODAY if acts else Urgency.NORMAL
                ),
                what=what,
                title=form_title(application.form, application.form_day),
                about=f"管理票 {application.number}",
                due=application.urgent_until,
                state=due_state(application.urgent_until, seen.now) or f"{'照会' if hold.sent_at else '保留'} {when}",
                screen=screen,
                params={"hold": hold.id, "application": application.id},
            )


def _hold_words(seen: Reading, stage: Stage) -> tuple[str, str, bool] | None:
    """(すること, screen, whether this person is to act); None: it does not concern him."""
    if seen.session.may(Action.ANSWER_HOLD):
        return ("照会への回答", "questions", True) if stage is Stage.SENT else None
    if seen.session.may(Action.SETTLE_HOLD):
        return ("保留の確認", "holds", True) if stage is Stage.ASKED else ("照会の回答待ち", "holds", False)
    return ("責任者の確認待ち" if stage is Stage.ASKED else "照会の回答待ち", "entry", False)


def _awaited(seen: Reading) -> Iterator[Task]:
    """訂正 whose paper has gone back: the ward brings it, a clerk hangs it on the 訂正."""
    ward = seen.session.may(Action.REVIEW)
    if ward or seen.session.may(Action.ENTER):
        for link in seen.awaited:
            yield Task(
                key=f"correction-{link.original}",
                urgency=Urgency.TODAY if ward else Urgency.NORMAL,
                what="訂正の書類を渡す" if ward else "訂正の書類待ち",
                title=form_title(link.form, link.error.at[:10]),
                about=f"管理票 {link.original_number}",
                state="次の便で受託者へ" if ward else "区から届きます",
                screen="corrections" if ward else "entry",
            )


def _exchange(seen: Reading) -> Iterator[Task]:
    """A line that is down is no work of anybody; what somebody must put right is."""
    for caution in seen.cautions:
        if caution.key != "failing":
            yield Task(
                key=f"exchange-{caution.key}",
                urgency=Urgency.TODAY,
                what=caution.title,
                title="区のサーバとの通信",
                state="取扱責任者へ",
                screen="sync",
            )


def _refused(seen: Reading) -> Iterator[Task]:
    if refused := seen.outbox["refused"]:
        yield Task(
            key="refused",
            urgency=Urgency.TODAY,
            what="送信エラー(要確認)",
            title="断られた記録",
            about=f"{refused}件",
            state="端末に残っています",
            screen="inspection",
            params={"page": "exchange"},
        )
