"""Invented certificates and reports for the tests of printing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.printing.sheets import (
    CertificateSheet,
    ReceiptLine,
    ReceiptSheet,
    Signature,
    SummaryChart,
    SummarySheet,
    SummaryTable,
)

CARD = CertificateSheet(
    kind=Kind.ELIGIBILITY,
    symbol="04",
    number="00123456",
    branch="01",
    name="葛\U000e0102城\u3000見本子",
    sex="2",
    birth=date(1970, 3, 12),
    head_name="渡邉\U000e010f\u3000𠮷左衛門",
    address="東京都新宿区歌舞伎町一丁目４番１号",
    issued=date(2026, 11, 24),
    valid_from=date(2026, 11, 24),
    valid_until=date(2027, 7, 31),
    acquired=date(2026, 11, 1),
)
LIMIT = replace(CARD, kind=Kind.LIMIT, acquired=None, limit_class="ウ", valid_from=date(2026, 11, 1))
RECEIPT = ReceiptSheet(
    number="R-20261124-02",
    direction="受託者 → 区",
    handed_at="令和8年11月24日 16時40分",
    place="第1分庁舎4階",
    lines=(ReceiptLine("資格取得届(社保離脱)", 3, 5), ReceiptLine("資格確認書", 3, 4, "S-000413 から S-000416")),
    signatures=(
        Signature("渡した人", "見本サービス株式会社", "葛\U000e0102城\u3000見本子", "9枚", "16時38分", "ab" * 32),
        Signature("受け取った人", "新宿区", "辻\U000e0102\u3000見本太郎", "9枚", "16時40分", "cd" * 32),
    ),
    statement="12" * 32,
    code="0b7b54c0-3c1f-4d4e-9b0e-6f2d3a7c1234",
)
SUMMARY = SummarySheet(
    title="処理状況報告書(月次)",
    number="M-202611",
    period="令和8年11月分",
    company="見本サービス株式会社",
    made_at="令和8年11月24日 17時05分",
    made_by="辻\U000e0102\u3000見本太郎",
    agreed_by="見本\u3000区子",
    figures=(("受けた届出・申請", "412", "件"), ("電話", "167", "件")),
    tables=(
        SummaryTable("届出・申請の処理", ("様式", "受領", "返却"), (("資格喪失届", "118", "118"),), ("合計", "118", "118")),
        SummaryTable("事故・ヒヤリハット", ("種類", "件"), ()),
    ),
    charts=(SummaryChart("電話の分類", (("Q01 加入したい", 58), ("Q99 その他", 0))),),
    notes=("用紙切れにより印刷を10分中断しました。",),
)
