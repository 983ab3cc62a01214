"""Refusals about certificates, each with a stable code, a status and its sentences.

Refused
├── issuing: NoCertificates  CertificatesTooEarly  CertificatesOfCancelledRun
└── one of them: UnknownCertificate  CertificateRevokedAlready  CertificateReplaced  CertificateNameErased
                BadgesNotSetUp
"""

from shared.errors import Refused


class NoCertificates(
    Refused,
    code="no-certificates",
    status=409,
    th="โครงการนี้ไม่ได้กำหนดเกณฑ์การออกประกาศนียบัตรไว้ จึงไม่มีประกาศนียบัตรให้ออก",
    en="This programme has no rule for certificates, so there is none to issue.",
):
    pass


class CertificatesTooEarly(
    Refused,
    code="certificates-too-early",
    status=409,
    th="รุ่นนี้ยังไม่สิ้นสุด จึงยังออกประกาศนียบัตรไม่ได้ โปรดดำเนินการหลังจบการอบรม",
    en="This run has not ended yet. Certificates can be issued when it has.",
):
    pass


class CertificatesOfCancelledRun(
    Refused,
    code="certificates-of-cancelled-run",
    status=409,
    th="รุ่นนี้ถูกยกเลิกแล้ว จึงออกประกาศนียบัตรไม่ได้",
    en="This run was cancelled, so there are no certificates of it.",
):
    pass


class UnknownCertificate(
    Refused,
    code="unknown-certificate",
    status=404,
    th="ไม่พบประกาศนียบัตรนี้ในทะเบียน โปรดตรวจสอบรหัสหรือคิวอาร์โค้ดบนเอกสารอีกครั้ง",
    en="There is no such certificate in the register. Please check the code on the document again.",
):
    """Also for one outside the caller's scope."""


class CertificateRevokedAlready(
    Refused,
    code="certificate-revoked",
    status=409,
    th="ประกาศนียบัตรฉบับนี้ถูกเพิกถอนแล้ว",
    en="This certificate has been revoked already.",
):
    pass


class CertificateReplaced(
    Refused,
    code="certificate-replaced",
    status=409,
    th="ประกาศนียบัตรฉบับนี้มีฉบับใหม่ออกแทนแล้ว โปรดดำเนินการกับฉบับล่าสุด",
    en="Another certificate was issued in place of this one. Please act on the latest one.",
):
    pass


class BadgesNotSetUp(
    Refused,
    code="badges-not-set-up",
    status=404,
    th="ระบบนี้ยังไม่ได้ตั้งค่ากุญแจสำหรับลงนาม จึงยังไม่ออกป้ายดิจิทัล โปรดใช้หน้าตรวจสอบประกาศนียบัตรแทน",
    en="No key to sign with is set up here, so there are no badges. The certificate itself can be checked.",
):
    """Without PATTANA_BADGE_KEYS."""


class CertificateNameErased(
    Refused,
    code="certificate-name-erased",
    status=410,
    th="ประกาศนียบัตรฉบับนี้ออกแล้ว แต่ชื่อผู้รับถูกลบตามคำขอ จึงไม่มีเอกสารให้ดาวน์โหลดหรือออกใหม่",
    en="This certificate was issued, and the name on it was erased on request, so there is no document any more.",
):
    pass
