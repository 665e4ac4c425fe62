"""自分の登録・パスワード: what stands here about the person who is signed in, and his password."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.account.screen import AccountScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRY = ScreenEntry(AccountScreen.name, AccountScreen.title, Action.CHANGE_PASSWORD, AccountScreen, navigation=False)
