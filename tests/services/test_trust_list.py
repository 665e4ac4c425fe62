"""trust.json: whoever's account is believed here is in the list the ward takes its copy from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhi_center.domain.operators import Role
from nhi_center.domain.trust import TrustedPerson
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.accounts import enrol
from nhi_center.services import trust_list
from nhi_center.services.office import Premises
from nhi_center.services.session import sign_out
from tests.support.office import CHEAP, premises, signed_in

__all__ = ["premises"]


def test_who_came_by_the_exchange_stands_in_it_after_the_next_sign_in(premises: Premises) -> None:
    newcomer = enrol("k-shin", "見本 新子", Role.CLERK, "kenshuu-shin-2026", CHEAP)
    premises.accounts.save(newcomer)
    sign_out(*signed_in(premises, "40127"))
    assert trust_list.load(premises.settings).people["k-shin"] == TrustedPerson("見本 新子", "clerk", newcomer.signing)


def test_what_the_ward_wrote_stays(premises: Premises) -> None:
    settings, own = premises.settings, TrustedPerson("見本 区", "ward_admin", "00" * 32)
    before = trust_list.load(settings)
    written = replace(before, terminals={**before.terminals, "T05": "11" * 32}, people={**before.people, "40127": own})
    trust_list.keep(settings, written)
    trust_list.add_people(settings, premises.accounts.everybody())
    assert trust_list.load(settings) == written


def test_a_damaged_list_is_not_written_anew(premises: Premises) -> None:
    premises.settings.trust.write_text("{", encoding="utf-8")
    with pytest.raises(EnvironmentTrouble) as caught:
        trust_list.add_people(premises.settings, premises.accounts.everybody())
    assert caught.value.code == "KY-03"
    assert premises.settings.trust.read_text(encoding="utf-8") == "{"
