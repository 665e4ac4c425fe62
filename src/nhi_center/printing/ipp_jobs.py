"""What a spooler or printer says of a job, and the sentence that says what to do about it. No sockets, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from nhi_center.errors import EnvironmentTrouble


class JobForgotten(EnvironmentTrouble):
    """The spooler answers, and knows nothing of this job: its history was cleared, or its queue is gone."""


class JobState(IntEnum):
    """``job-state`` (RFC 8011, 5.3.7). COMPLETED only means handed to the device: it also ends a jam without a sheet."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def ended(self) -> bool:
        return self >= JobState.CANCELED


class DeviceState(IntEnum):
    """``printer-state`` (RFC 8011, 5.4.11)."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


@dataclass(frozen=True, slots=True)
class PrinterState:
    """``reasons`` as the device gives them, such as ``media-jam-error``; empty for ``none``."""

    state: DeviceState
    accepting: bool = True
    reasons: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What to do at the printer; empty when nothing is to be done."""
        for reason in self.reasons:
            # The device ends each with -error, -warning or -report (RFC 8011, 5.4.12); the trouble is the same.
            words = _TROUBLES.get(reason.removesuffix("-error").removesuffix("-warning").removesuffix("-report"))
            if words:
                return words
        if self.state is DeviceState.STOPPED:
            return "プリンターが止められています。取扱責任者に、再開してよいか確かめてください。"
        return "" if self.accepting else "プリンターが受付を止めています。取扱責任者に連絡してください。"


_TROUBLES: Final = {
    "media-jam": "紙詰まりです。詰まった紙を取り除き、その紙も枚数に入れて数えてください。",
    "media-empty": "用紙がありません。補充して、取扱責任者に再開を頼んでください。",
    "media-needed": "用紙がありません。補充して、取扱責任者に再開を頼んでください。",
    "cover-open": "カバーが開いています。閉じてください。",
    "door-open": "カバーが開いています。閉じてください。",
    "toner-empty": "トナーがありません。交換してください。",
    "marker-supply-empty": "インクかトナーがありません。交換してください。",
    "output-area-full": "排紙トレイがいっぱいです。紙を取り出し、枚数を数えてください。",
    "offline": "プリンターにつながりません。電源とケーブルを確かめてください。",
    "connecting-to-device": "プリンターにつながりません。電源とケーブルを確かめてください。",
    "timed-out": "プリンターにつながりません。電源とケーブルを確かめてください。",
    "shutdown": "プリンターにつながりません。電源とケーブルを確かめてください。",
}

_CHECK_SHEETS: Final = "出た紙の枚数を数え、現物を確かめてください。"

_ENDED: Final = {
    JobState.COMPLETED: f"装置に渡しました。紙に出たとは限りません。{_CHECK_SHEETS}",
    JobState.CANCELED: f"印刷は取り消されました。途中まで出ていることがあります。{_CHECK_SHEETS}",
    JobState.ABORTED: f"印刷サーバーが中止しました。{_CHECK_SHEETS}もう一度なら、取扱責任者に連絡してください。",
}

_WAITING: Final = {
    JobState.PENDING: "順番を待っています。そのままお待ちください。",
    JobState.HELD: "保留されています。印刷してよければ、保留を解いてください。",
    JobState.PROCESSING: "印刷しています。そのままお待ちください。",
    JobState.STOPPED: "印刷が止まっています。プリンターの表示を確かめ、取扱責任者に連絡してください。",
}

NO_ANSWER: Final = f"応答なし。プリンターの電源と表示を確かめてください。直らなければ印刷を取り消し、{_CHECK_SHEETS}"


@dataclass(frozen=True, slots=True)
class IppJob:
    """A job as it was when asked.

    ``impressions`` are the sides the device reported; 0 may mean that it reports none. ``reasons`` are for the log: what to
    do follows from ``state`` alone, since CUPS keeps stale reasons. ``printer`` is None once the job has ended.
    """

    number: int
    state: JobState
    impressions: int = 0
    reasons: tuple[str, ...] = ()
    printer: PrinterState | None = None

    @property
    def needs_operator(self) -> bool:
        """It goes on only after somebody does something at the printer or in the queue."""
        if self.state.ended:
            return False
        stopped = self.printer is not None and self.printer.state is DeviceState.STOPPED
        return stopped or self.state in (JobState.STOPPED, JobState.HELD) or bool(self._trouble)

    @property
    def _trouble(self) -> str:
        """A printer that accepts no further jobs still prints this one."""
        if self.printer is None:
            return ""
        return PrinterState(self.printer.state, True, self.printer.reasons).advice

    @property
    def advice(self) -> str:
        """The whole sentence for the operator: what happened and what to do."""
        if self.state.ended:
            return _ENDED[self.state]
        if self.state is JobState.HELD:
            return _WAITING[self.state]
        return self._trouble or _WAITING[self.state]


def advice_after(job: IppJob, since: datetime, now: datetime, patience: timedelta) -> str:
    """The job's advice, or 応答なし when it has been PROCESSING for longer than ``patience``.

    A printer switched off stays PROCESSING for ever, so the caller's clock decides: ``since`` is when he first saw this state.
    A named trouble, such as a jam, says more than 応答なし and stands.
    """
    stalled = job.state is JobState.PROCESSING and now - since > patience
    return NO_ANSWER if stalled and job.advice == _WAITING[JobState.PROCESSING] else job.advice
