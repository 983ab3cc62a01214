"""Why a caller is not known: one refusal for everything that can be wrong with a token.

Refused
└── Unauthenticated            no token, or not "Bearer"
    ├── TokenMalformed         not three parts of base64url JSON, or a claim of a wrong kind
    ├── TokenUnsigned          the signature is missing
    ├── TokenAlgNone           says itself that it is not signed
    ├── TokenAlgorithm         signed in a way that is not on the list
    ├── TokenWrongIssuer
    ├── TokenUnknownKey        the issuer has no such key
    ├── TokenBadSignature
    ├── TokenIncomplete        a claim that we need is missing (details: claim)
    ├── TokenWrongType         does not say that it is an access token: an ID token, a refresh token
    ├── TokenWrongAudience
    ├── TokenExpired
    └── TokenNotYetValid
"""

from typing import Final

from shared.errors import Refused

_AGAIN_TH: Final = "กรุณาเข้าสู่ระบบใหม่อีกครั้ง"
_AGAIN_EN: Final = "Please sign in again."


class Unauthenticated(
    Refused,
    code="unauthenticated",
    status=401,
    th="กรุณาเข้าสู่ระบบก่อนดำเนินการ",
    en="Please sign in before you go on.",
):
    pass


class TokenMalformed(
    Unauthenticated,
    code="token-malformed",
    status=401,
    th=f"ระบบไม่สามารถอ่านข้อมูลยืนยันตัวตนของท่านได้ {_AGAIN_TH}",
    en=f"Your sign-in could not be read. {_AGAIN_EN}",
):
    pass


class TokenUnsigned(
    Unauthenticated,
    code="token-unsigned",
    status=401,
    th=f"ข้อมูลยืนยันตัวตนของท่านไม่มีลายมือชื่อดิจิทัลกำกับ ระบบจึงไม่สามารถรับรองได้ {_AGAIN_TH}",
    en=f"Your sign-in carries no digital signature, so it cannot be trusted. {_AGAIN_EN}",
):
    pass


class TokenAlgNone(
    Unauthenticated,
    code="token-alg-none",
    status=401,
    th=f"ข้อมูลยืนยันตัวตนระบุว่าไม่ใช้ลายมือชื่อดิจิทัล ซึ่งระบบนี้ไม่รับ {_AGAIN_TH}",
    en=f"Your sign-in is declared as unsigned, which is not accepted here. {_AGAIN_EN}",
):
    pass


class TokenAlgorithm(
    Unauthenticated,
    code="token-algorithm",
    status=401,
    th="ข้อมูลยืนยันตัวตนใช้วิธีลงลายมือชื่อดิจิทัลที่ระบบนี้ไม่รับ กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is signed in a way that is not accepted here. Please tell the system administrator.",
):
    pass


class TokenWrongIssuer(
    Unauthenticated,
    code="token-wrong-issuer",
    status=401,
    th="ข้อมูลยืนยันตัวตนนี้ออกโดยระบบอื่น จึงใช้กับระบบนี้ไม่ได้ กรุณาเข้าสู่ระบบผ่านช่องทางที่หน่วยงานกำหนด",
    en=(
        "This sign-in was issued by another system and is not valid here. Please sign in the way your office provides."
    ),
):
    pass


class TokenUnknownKey(
    Unauthenticated,
    code="token-unknown-key",
    status=401,
    th=f"ระบบไม่รู้จักกุญแจที่ใช้ลงลายมือชื่อในข้อมูลยืนยันตัวตนของท่าน {_AGAIN_TH}",
    en=f"The key that signed your sign-in is not known here. {_AGAIN_EN}",
):
    pass


class TokenBadSignature(
    Unauthenticated,
    code="token-bad-signature",
    status=401,
    th=f"ลายมือชื่อดิจิทัลในข้อมูลยืนยันตัวตนของท่านไม่ถูกต้อง {_AGAIN_TH}",
    en=f"The digital signature of your sign-in is wrong. {_AGAIN_EN}",
):
    pass


class TokenIncomplete(
    Unauthenticated,
    code="token-incomplete",
    status=401,
    th="ข้อมูลยืนยันตัวตนของท่านไม่ครบถ้วน (ไม่มี {claim}) กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is incomplete ({claim} is missing). Please tell the system administrator.",
):
    pass


class TokenWrongType(
    Unauthenticated,
    code="token-wrong-type",
    status=401,
    th=f"ข้อมูลที่ส่งมาไม่ใช่ข้อมูลยืนยันตัวตนสำหรับเข้าใช้งานระบบ {_AGAIN_TH}",
    en=f"What was sent is not meant for signing requests in (an access token is). {_AGAIN_EN}",
):
    pass


class TokenWrongAudience(
    Unauthenticated,
    code="token-wrong-audience",
    status=401,
    th="ข้อมูลยืนยันตัวตนนี้ออกให้สำหรับใช้กับระบบอื่น กรุณาเข้าสู่ระบบนี้ใหม่อีกครั้ง",
    en="This sign-in was issued for use with another system. Please sign in to this one.",
):
    pass


class TokenExpired(
    Unauthenticated,
    code="token-expired",
    status=401,
    th=f"หมดเวลาการใช้งานแล้ว {_AGAIN_TH}",
    en=f"Your session has expired. {_AGAIN_EN}",
):
    pass


class TokenNotYetValid(
    Unauthenticated,
    code="token-not-yet-valid",
    status=401,
    th="ข้อมูลยืนยันตัวตนของท่านยังไม่ถึงเวลาเริ่มใช้งาน กรุณารอสักครู่แล้วลองใหม่ หากยังไม่ได้กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is not valid yet. Please try again in a moment, or tell the system administrator.",
):
    pass
