"""The training room's contract: one invented fiscal year, signed by the demo supervisor and ward administrator."""

from __future__ import annotations

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
_ID, _AT = "training-contract-1", "2026-04-01T09:00:00+09:00"


def enter_contract(settings: Settings, store_key: bytes, signers: tuple[tuple[Account, PrivateKeys], ...]) -> None:
    """Put the contract into a store nobody has open; the same entry at every terminal, so that an exchange adds nothing."""
    from nhi_center.storage import contract
    from nhi_center.storage.store import open_store

    signatures = tuple(_signed(account, keys) for account, keys in signers)
    store = open_store(settings.store, (store_key,))
    try:
        with store.write.begin() as connection:
            contract.add(connection, KeptContract(_ID, CONTRACT, signatures, _AT, signers[0][0].person), settings.terminal)
    finally:
        store.close()


def _signed(account: Account, keys: PrivateKeys) -> Signature:
    statement = statement_hash(STATEMENT, to_json(CONTRACT))
    value = keys.signing.sign(signed_bytes(statement, account.person, account.role.value, _AT)).hex()
    return Signature(account.person, account.name, account.role.value, _AT, statement, value)
