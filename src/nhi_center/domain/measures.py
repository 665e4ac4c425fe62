"""対策の変更 (受託 運用10): what of the safety measures is told to the ward, before and after, when it becomes another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from nhi_center.domain.control_records import LONGEST, LONGEST_TITLE
from nhi_center.domain.isolation import level

State = Mapping[str, str]
"""What stands now, in words, by what it is: プログラムの版, 接続制限, 取扱責任者, 手順, and each rule the ward has set."""

NONE = "なし"
RULES: Mapping[str, str] = {
    "require_presence": "入室の確認",
    "contact_hours": "サーバとの連絡の限度(時間)",
    "patched_days": "OSの更新の限度(日)",
    "signature_days": "ウイルス定義の限度(日)",
    "keep_days": "区受領後に端末に残す日数",
    "keep_months": "保存期間(月)",
    "paper_hours": "書類を手元に置く限度(時間)",
    "tell_minutes": "事故の通知の限度(分)",
    "failures_until_locked": "認証の失敗の限度(回)",
    "company": "受託者",
    "isolation": "接続制限の下限",
    "calls_open": "電話の受付の始まり",
    "calls_close": "電話の受付の終わり",
    "office_opens": "サインインの時間の始まり",
    "office_closes": "サインインの時間の終わり",
    "min_length": "パスワードの長さ",
    "max_age_days": "パスワードの期限(日)",
    "history": "使えない前のパスワード(個)",
}
"""The ward's rules of the room (``domain.room_rules``) in words."""


def value_words(name: str, value: object) -> str:
    """A rule's value as the ward reads it: no word of the program's own."""
    if isinstance(value, bool):
        return "要" if value else "不要"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if name == "isolation":
        return level(str(value)).label if value else "端末の設定のとおり"
    return f"{value}" or NONE


@dataclass(frozen=True, slots=True)
class Change:
    """One measure that is another than before."""

    what: str
    before: str
    after: str

    @property
    def title(self) -> str:
        return f"{self.what}の変更"[:LONGEST_TITLE]

    @property
    def words(self) -> str:
        return f"前: {self.before}  後: {self.after}  (自動で見つけたもの。理由と協議の結果を書き加える)"[:LONGEST]


def changes(before: State, after: State) -> tuple[Change, ...]:
    """In the order of what stands now, then what is gone."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        Change(name, before.get(name, NONE), after.get(name, NONE)) for name in names if before.get(name) != after.get(name)
    )
