"""返戻の封筒 in the ledger: counted in by a handover, put into a cabinet with the certificate it holds, out when it goes on.

One envelope may hold the certificates of a whole household: those recorded under one 追跡番号 on one day lie in the same.
An envelope the ward keeps itself was never counted in, and nothing moves.
"""

from __future__ import annotations

from dataclasses import replace

from nhi_center.domain.certificate_life import Life, LifeEvent
from nhi_center.domain.custody import RETURNED_MAIL, Account, Movement, Place, check_route
from nhi_center.errors import OperatorError
from nhi_center.services.work import Unit
from nhi_center.storage import certificate_book as book
from nhi_center.storage import custody as ledger


def put_away(unit: Unit, event: LifeEvent) -> None:
    """The ward has recorded that this certificate came back: an envelope goes from the tray into the cabinet."""
    if _envelope(unit, event) is not None:
        return
    waiting = [one.account for one in ledger.balances(unit.connection, places=(Place.TRAY,))]
    pile = next((account for account in waiting if account.kind == RETURNED_MAIL.id), None)
    if pile is not None:
        _move(unit, replace(pile, slip=event.job), Place.CABINET)


def goes_on(unit: Unit, before: LifeEvent) -> None:
    """The ward has said what becomes of it: the envelope lies ready to be handed over, unless another of it still waits. Then it
    lies under that one: this certificate may come back in a letter of its own.

    Raises OperatorError (code ``slip-in-cabinet``) while it is locked up for the night.
    """
    others = [one for one in _same_letter(unit, before) if one.job != before.job and _waits(one, before)]
    envelope = _envelope(unit, before)
    if envelope is None:
        return
    if envelope.cabinet:
        raise OperatorError(
            f"戻った封筒は{envelope.where}にあります。受託者が保管庫の頁で取り出してから、記録してください。",
            code="slip-in-cabinet",
        )
    if not others:
        _move(unit, envelope, Place.OUTPUT)
    elif envelope.slip == before.job:
        _move(unit, envelope, Place.TRAY)
        _move(unit, replace(envelope, place=Place.TRAY, slip=others[0].job), Place.CABINET)


def _waits(one: LifeEvent, letter: LifeEvent) -> bool:
    """Whether it still lies in this letter: it may have gone on since, and come back in another."""
    return one.what is Life.MAIL_RETURNED and (one.tracking, one.day) == (letter.tracking, letter.day)


def _same_letter(unit: Unit, event: LifeEvent) -> list[LifeEvent]:
    """How the certificates of one letter stand now, this one too."""
    if not event.tracking:
        return [event]
    mates = {one.job for one in book.in_letter(unit.connection, event.tracking, event.day)} | {event.job}
    return [steps[-1] for job in mates if (steps := book.of_job(unit.connection, job))]


def _envelope(unit: Unit, event: LifeEvent) -> Account | None:
    jobs = {one.job for one in _same_letter(unit, event)} | {event.job}
    here = (one.account for one in ledger.balances(unit.connection, places=(Place.CABINET,)))
    return next((account for account in here if account.kind == RETURNED_MAIL.id and account.slip in jobs), None)


def _move(unit: Unit, account: Account, to: Place) -> None:
    """In which 保管庫 it lies is said when the day ends (終業点検)."""
    movement = Movement(
        kind=account.kind,
        batch=account.batch,
        slip=account.slip,
        frm=account.place,
        to=to,
        sheets=1,
        frm_cabinet=account.cabinet,
    )
    check_route(movement, RETURNED_MAIL.group)
    ledger.post(unit.connection, movement, unit.stamp, unit.person)
