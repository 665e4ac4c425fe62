"""What stands in the way of a 証: each a sentence for the clerk, never a guess."""

from __future__ import annotations

from enum import StrEnum


class Block(StrEnum):
    """Why nothing is printed. The value is kept with the job; the sentence is what the clerk reads."""

    NOT_REVIEWED = "not_reviewed"
    NOT_INSURED = "not_insured"
    NO_NUMBER = "no_number"
    BASE_UNSET = "base_unset"
    CARD_UNCONFIRMED = "card_unconfirmed"
    OTHER_DOCUMENT = "other_document"
    PROTECTED = "protected"
    ARREARS = "arrears"
    UNDECLARED = "undeclared"
    INCOME_UNSETTLED = "income_unsettled"
    INCOME_UNKNOWN = "income_unknown"
    INCOME_AGE = "income_age"
    NO_LIMIT_CERTIFICATE = "no_limit_certificate"
    NOT_APPLIED = "not_applied"
    APPLIED_EARLY = "applied_early"
    OTHER_CLASS = "other_class"
    SEX_UNSETTLED = "sex_unsettled"
    DISEASE_UNSETTLED = "disease_unsettled"
    NOTES_UNSETTLED = "notes_unsettled"
    HISTORY = "history"
    SEAL_UNSET = "seal_unset"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    GLYPH = "glyph"
    TOO_LONG = "too_long"
    HELD = "held"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"
    PULLED = "pulled"
    NOT_IN_REGISTER = "not_in_register"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Block.NOT_REVIEWED: "区の審査がまだです。審査が済むと印刷できます。",
    Block.NOT_INSURED: "交付日に資格がありません。区職員に確認してください。",
    Block.NO_NUMBER: "記号・番号・枝番がまだ届いていません。標準システムの結果を待ってください。",
    Block.BASE_UNSET: "有効期限の基準日が登録されていません。区職員に設定を依頼してください。",
    Block.CARD_UNCONFIRMED: "マイナ保険証の登録が未確認です。どの書類を出すか区職員に確認してください。",
    Block.OTHER_DOCUMENT: "マイナ保険証の登録があり、資格確認書の交付申請がありません。区職員に確認してください。",
    Block.PROTECTED: "支援措置の対象です。印刷は区職員が行います。書類を区職員に渡してください。",
    Block.ARREARS: "滞納の記録があります。認定証は印刷せず、書類を区職員に渡してください。",
    Block.UNDECLARED: "所得の申告がありません。認定証は印刷せず、書類を区職員に渡してください。",
    Block.INCOME_UNSETTLED: "適用区分がまだ決まっていません。標準システムの結果を待ってください。",
    Block.INCOME_UNKNOWN: "届いた適用区分はここでは印刷できません。書類を区職員に渡してください。",
    Block.INCOME_AGE: "適用区分と年齢が合いません。区職員に確認してください。",
    Block.NO_LIMIT_CERTIFICATE: "この区分には認定証がありません。区職員に確認してください。",
    Block.NOT_APPLIED: "認定の申請日がありません。申請書を確認してください。",
    Block.APPLIED_EARLY: "資格の取得が申請した月より後です。発効期日を区職員に確認してください。",
    Block.SEX_UNSETTLED: "台帳の性別が決まっていません。区職員に確認してください。",
    Block.OTHER_CLASS: "適用区分の証と、申請の証が違います。区職員に確認してください。",
    Block.DISEASE_UNSETTLED: "特定疾病の区分がありません。申請書を確認してください。",
    Block.NOTES_UNSETTLED: "併記する長期入院・特定疾病を、区がまだ決めていません。区職員に確認してください。",
    Block.HISTORY: "被保険者証・高齢受給者証は、令和6年12月2日から出せません。代わりに資格確認書か資格情報のお知らせを出します。",
    Block.SEAL_UNSET: "公印が登録されていません。区管理者に登録を依頼してください。",
    Block.EXPIRED: "有効期限が発効期日より前になります。区職員に確認してください。",
    Block.TOO_EARLY: "令和6年12月1日以前の日付では、この証を出せません。交付日を確認してください。",
    Block.GLYPH: "印刷できない文字があります。置き換えずに、書類を区職員に渡してください。",
    Block.TOO_LONG: "文字が多く、証の枠に入りません。書類を区職員に渡してください。",
    Block.HELD: "保留・照会中です。回答が届くと、もう一度確かめて一覧に戻します。",
    Block.RETURNED: "区が差戻しにしました。この証は使いません。訂正の届出から、新しい証を出します。",
    Block.WITHDRAWN: "区が取下げを記録しました。この証は使いません。刷ったものは区へ渡します。",
    Block.CHANGED: "抽出の後に台帳か区の設定が変わったため、引き抜きました。区に確認し、一斉更新で抽出し直してください。",
    Block.PULLED: "一斉更新から引き抜きました。証の台帳の「一斉更新」で戻せます。",
    Block.NOT_IN_REGISTER: "この人は、いまこの端末の台帳にいません。印刷せず、書類を区職員に渡してください。",
}
