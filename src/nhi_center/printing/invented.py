"""The invented person on every 見本: each kind of 証 filled in completely."""

from __future__ import annotations

from datetime import date, timedelta

from nhi_center.domain.certificate_kinds import Disease, Kind
from nhi_center.printing.sheets import CertificateSheet


def invented(kind: Kind, day: date) -> CertificateSheet:
    """As it would be made out on ``day``; from the age of 70 where the kind is for them."""
    elderly = kind is Kind.ELDERLY
    return CertificateSheet(
        kind=kind,
        symbol="00-00",
        number="0000000",
        branch="01",
        name="見本\u3000葛\U000e0102子",
        sex="2",
        birth=date(day.year - 72, 3, 12) if elderly else date(1970, 3, 12),
        head_name="見本\u3000太郎",
        address="東京都新宿区歌舞伎町1丁目4番1号",
        issued=day,
        valid_from=day,
        valid_until=None if kind is Kind.NOTICE else day + timedelta(days=180),
        acquired=None if kind.applied_for or elderly else day,
        limit_class={Kind.LIMIT: "ウ", Kind.ELIGIBILITY: "現役並みII"}.get(kind, "オ" if kind.is_limit else ""),
        limit_from=day.replace(day=1) if kind is Kind.ELIGIBILITY else None,
        share="2割" if elderly else "",
        postal="1608484",
        disease=Disease.DIALYSIS.printed if kind is Kind.DISEASE else "",
        ceiling="10,000円" if kind is Kind.DISEASE else "",
        long_stay_from=day if kind in (Kind.LIMIT_REDUCTION, Kind.REDUCTION) else None,
        sample=True,
    )
