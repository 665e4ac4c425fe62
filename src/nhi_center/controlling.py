"""``nhi-center controls``: who may look signs in at the terminal, everything is checked now, and the answer is printed.

Asked on standard error, so that standard output holds the answer alone; the password stands in no argument and on no screen.
"""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from pathlib import Path

from nhi_center import settings as terminal_settings
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.isolation import restrict
from nhi_center.keys.holding import hold_terminal
from nhi_center.services import controls, self_check
from nhi_center.services.clock import SystemClock
from nhi_center.services.controls import Controls
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, sign_out


def run_controls(file: Path) -> Controls:
    """Every measure as it stands, after a self-check made now under the terminal's own restrictions.

    ``file``: the terminal's settings. Raises EnvironmentTrouble (SE-*, IS-*, ST-06 while the window is open), OperatorError as
    ``sign_in`` does or when the role may not.
    """
    settings = terminal_settings.load(file)
    if not settings.business_folder.is_dir():
        raise EnvironmentTrouble("IS-03", "業務フォルダーがありません。端末の設定を確かめてください。")
    restrict.begin_beside(replace(settings, minimum="none", machine_policy=False), file.resolve())
    restrict.finish()
    with hold_terminal(settings.business_folder):
        premises = open_premises(settings, SystemClock())
        try:
            office, session = sign_in(premises, _line("取扱責任者か区職員のID: "), _hidden("パスワード: "))
            try:
                self_check.run(office, session)
                return controls.report(office, session)
            finally:
                sign_out(office, session)
        finally:
            premises.close()


def _line(words: str) -> str:
    print(words, end="", file=sys.stderr, flush=True)
    typed = sys.stdin.readline()
    if not typed:
        raise OperatorError("入力が途中で終わりました。", code="ended")
    return typed.strip()


def _hidden(words: str) -> str:
    return getpass.getpass(words, stream=sys.stderr) if sys.stdin.isatty() else _line(words)
