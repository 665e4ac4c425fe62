"""The training room's contracts: an invented one for each fiscal year, signed by the demo supervisor and ward administrator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from nhi_center.domain.contract import STATEMENT, Contract, KeptContract, to_json
from nhi_center.domain.operators import Signature
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.synthesis.cast import COMPANY

if TYPE_CHECKING:
    from nhi_center.keys.accounts import Account, PrivateKeys
    from nhi_center.settings import Settings

BEGINS, ENDS = date(2026, 4, 1), date(2027, 3, 31)
CONTRACT = Contract("研修-令和8年度", COMPANY, "国民健康保険事務センター業務(研修)", BEGINS, ENDS, BEGINS, clauses=True)
_ID = "training-contract-1"


def contracts(since: date) -> Iterator[tuple[str, Contract]]:
    """Id and contract of each fiscal year from the first of April ``since`` to the training year."""
    for year in range(since.year, BEGINS.year):
        begins, ends = BEGINS.replace(year=year), ENDS.replace(year=year + 1)
        number = f"研修-令和{year - _REIWA}年度"
        yield f"training-contract-{year}", replace(CONTRACT, number=number, begins=begins, ends=ends, first_begins=since)
    yield _ID, replace(CONTRACT, first_begins=since)


_REIWA = 2018
"""令和0年."""


def enter_contracts(
    settings: Settings, store_key: bytes, signers: tuple[tuple[Account, PrivateKeys], ...], since: date = BEGINS
) -> None:
    """Put the contracts into a store nobody has open; the same entries at every terminal, so that an exchange adds nothing."""
    from nhi_center.storage import contract
    from nhi_center.storage.store import open_store

    store = open_store(settings.store, (store_key,))
    try:
        with store.write.begin() as connection:
            for id_, wanted in contracts(since):
                at = f"{wanted.begins.isoformat()}T09:00:00+09:00"
                signatures = tuple(_signed(wanted, at, account, keys) for account, keys in signers)
                contract.add(connection, KeptContract(id_, wanted, signatures, at, signers[0][0].person), settings.terminal)
    finally:
        store.close()


def _signed(wanted: Contract, at: str, account: Account, keys: PrivateKeys) -> Signature:
    statement = statement_hash(STATEMENT, to_json(wanted))
    value = keys.signing.sign(signed_bytes(statement, account.person, account.role.value, at)).hex()
    return Signature(account.person, account.name, account.role.value, at, statement, value)
