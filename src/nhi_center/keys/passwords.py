"""Password hashing, as the ward's verifier knows it too (domain.password_hash)."""

from nhi_center.domain.password_hash import STANDARD, Cost, derive

__all__ = ["STANDARD", "Cost", "derive"]
