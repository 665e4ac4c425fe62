"""Why a person is opened in tests that have no case in hand."""

from nhi_center.domain.purpose import Purpose, PurposeKind

COUNTER = Purpose(PurposeKind.COUNTER)
PREPARING = Purpose(PurposeKind.PREPARATION)
