"""Four eyes: who must be another person (特記事項と区の運用; no administrator's exception)."""

from __future__ import annotations

from nhi_center.errors import OperatorError


def require_different(first: str, second: str, sentence: str) -> None:
    """Raise OperatorError with ``sentence`` when both acts would be done by the same person."""
    if first == second:
        raise OperatorError(sentence, code="four-eyes")
