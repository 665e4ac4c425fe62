"""What goes wrong in a history, and what nearly did: found by a clerk, told to the ward within minutes, written up, closed."""

from __future__ import annotations

from random import Random

from nhi_center.domain.incident_report import Kind, Report
from nhi_center.domain.incidents import Step
from nhi_center.services import incident_sheet, incidents
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import HANAKO, ICHIRO, TOKO, WARD, Crew

_NEARLY, _HAPPENED = 1 / 20, 1 / 60
"""Of the days: about one ヒヤリハット a month, and four matters a year."""
_TO_TELL_S = (240, 1500)
_NEAR = (
    (Kind.MISDELIVERY, "別の世帯の証を同じ封筒に入れかけた。検品で気づき、外へは出ていない。"),
    (Kind.MISENTRY, "生年月日の同じ別の人を選びかけた。宛名番号を読み合わせて気づいた。"),
    (Kind.LOSS, "届書が隣の便の束に重なっていた。枚数を数え直して見つけた。"),
)
_REAL = (
    (Kind.MISENTRY, "送付先の番地を一字違えて入力し、区の審査で見つかった。証は発行していない。", 1, "氏名、住所"),
    (Kind.DAMAGE, "スキャンの前に届書の端が破れた。記載は読める。", 1, "届書1枚"),
    (Kind.LOSS, "控えの写し1枚が見あたらず、三十分後に別の棚で見つけた。", 1, "写し1枚"),
)
_FIRST, _CAUSE, _PREVENTION = (
    "作業を止め、紙と画面を二人で確かめた。",
    "二つの便を続けて広げていた。",
    "一つの便を閉じるまで次の便を開かない。",
)


class Matters:
    """Most days bring none."""

    def __init__(self, crew: Crew, clock: HistoryClock, rng: Random) -> None:
        self._crew, self._clock, self._rng, self._office = crew, clock, rng, crew.office

    def of_the_day(self) -> None:
        if self._rng.random() < _NEARLY:
            kind, words = self._rng.choice(_NEAR)
            self._through(Report(kind, False, self._now(), "", words, persons=0))
        if self._rng.random() < _HAPPENED:
            kind, words, persons, items = self._rng.choice(_REAL)
            self._through(Report(kind, True, self._now(), "", words, persons=persons, items=items))

    def _now(self) -> str:
        return self._clock.local().isoformat(timespec="minutes")

    def _through(self, found: Report) -> None:
        """From the report to its end on the same day; what happened is reported in writing twice."""
        clerk, head = self._crew.session(self._rng.choice((ICHIRO, HANAKO))), self._crew.session(TOKO)
        id_ = incidents.report(self._office, clerk, found)
        incidents.write(self._office, clerk, id_, _FIRST)
        self._clock.advance(self._rng.uniform(*_TO_TELL_S))
        incidents.tell(self._office, head, id_, WARD, "")
        if found.happened:
            incident_sheet.make_report(self._office, head, id_)
        incidents.write(self._office, head, id_, _CAUSE, Step.CAUSE)
        incidents.write(self._office, head, id_, _PREVENTION, Step.PREVENTION)
        if found.happened:
            incident_sheet.make_report(self._office, head, id_)
        self._clock.advance(600)
        incidents.close(self._office, self._crew.session(WARD), id_)
