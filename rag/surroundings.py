"""What people write around a number: what they call it, and what money it is."""

from __future__ import annotations

import re

_MONEY_AFTER = re.compile(
    r"\s*(?:元|[块塊](?!儿|到)|[万萬](?!一)|亿|億|％|%|€|\$|円|원|yuan\b|rmb\b|cny\b|usd\b|euros?\b|dollars?\b|юан|руб)"
)
_MONEY_BEFORE = re.compile(r"(?:[¥￥$€£]|rmb|cny|usd|人民币)\s*$")
_LED_BY = r"[号號]?[码碼]?(?:\s|是|为|為|:|=|number|no\.?|nr\.?|is|#|\(){0,8}\+?$"
_TELEPHONE = re.compile(
    rf"(?:手机[号號]|手機[号號]|电话|電話|座机|座機|联系方式|聯繫方式|\b(?:tel|phone|telephone|mobile|whatsapp)){_LED_BY}"
)
_MOBILE_NAMED = re.compile(rf"(?:手机|手機|微信|联系我?|打给?我?|\bcall me(?: on| at)?){_LED_BY}")
_IDENTITY = re.compile(rf"(?:身份[证證]|证件|證件|\bid(?: card)?|identity(?: card)?){_LED_BY}")
_ACCOUNT = re.compile(
    rf"(?:卡[号號]|银行卡|銀行卡|储蓄卡|信用卡|工资卡|借记卡|社保卡|账[号户]|帳[號戶]|\bcard|account|iban){_LED_BY}"
)
_ORDER = re.compile(
    r"(?:订单|訂單|单|單|运单|快递|发票|流水|文|合同|批|序列|条码|order|invoice|tracking|serial)(?:编)?[号號]?[码碼]?(?:\s|是|为|:|number|no\.?|#){0,8}$"
)
_CREDIT = re.compile(r"(?:信用代码|信用代碼|credit code)(?:\s|是|为|:|is){0,6}$")


def named_so(before: str) -> str:
    """What the asker calls the number that follows: identity, account, telephone, mobile, or nothing."""
    names = {
        "identity": _IDENTITY,
        "account": _ACCOUNT,
        "telephone": _TELEPHONE,
        "mobile": _MOBILE_NAMED,
    }
    return next((name for name, pattern in names.items() if pattern.search(before)), "")


def is_money_beside(before: str, after: str) -> bool:
    """Whether a currency stands before or after a number."""
    return bool(_MONEY_AFTER.match(after) or _MONEY_BEFORE.search(before))


def is_called_order(before: str) -> bool:
    """Whether a number is called that of an order, an invoice or a document."""
    return bool(_ORDER.search(before))


def is_called_credit_code(before: str) -> bool:
    """Whether a number is called an organisation's credit code."""
    return bool(_CREDIT.search(before))
