"""What the foot of the page says at each step of a 便, and what its buttons do."""

from __future__ import annotations

from nhi_center.domain.handover import Direction, Phase, totals
from nhi_center.services.handover_view import HandoverView


def foot_words(view: HandoverView) -> tuple[str, str, str]:
    """(the sentence, the primary button, the other one)."""
    if view.phase is Phase.COUNTING:
        return "数え終わるまで、相手の数は表示しません。", "数え終わった", "やめる"
    if view.phase is not Phase.COMPARED:
        return _done_words(view), "一覧へ", "一覧へ"
    if not view.differs:
        sums = totals({kind.id: kind for kind in view.kinds}, [line.receiver for line in view.lines])
        said = f"{sums.cases}件 {sums.words}を数えました。{view.unkeyed_words}"
    elif view.signable:
        said = "違うまま署名すると、事故・差異の記録を作ります。"
    else:
        said = "数が違います。もう一度、双方で数えてください。"
    return said, "双方で署名する", "やめる"


def _done_words(view: HandoverView) -> str:
    if view.phase is Phase.CANCELLED:
        return f"{view.handover.label}は取り消しました。何も渡していません。"
    sums = totals({kind.id: kind for kind in view.kinds}, [line.receiver for line in view.lines])
    done = "受け取りました" if view.handover.direction is Direction.IN else "区へ渡しました"
    span = f"{view.slips[0]} から {view.slips[-1]}" if len(view.slips) > 1 else "".join(view.slips)
    slips = f"管理票 {span} を作りました。" if view.slips else ""
    incident = "違いが残り、事故・差異の記録を作りました。" if view.incident else ""
    return f"{view.handover.label} {sums.cases}件 {sums.words}を{done}。{slips}{incident}"
