"""Refusals about papers, each with a stable code, a status and its sentences.

Refused
├── asked: UnknownPaper  UnknownPaperFormat  PaperOfCancelledRun  NoSeatsOfUnit  NobodyOnPaper  PaperTooLong
│          NoSessionThatDay
├── now: PaperRunning  PapersBusy
└── letterheads: UnknownSigner
"""

from typing import ClassVar

from shared.errors import Refused


class UnknownPaper(
    Refused,
    code="unknown-paper",
    status=404,
    th="ไม่มีเอกสารชนิดนี้ ชนิดที่มีคือ {known}",
    en="There is no such kind of paper. There are: {known}.",
):
    """Details: known."""


class UnknownPaperFormat(
    Refused,
    code="unknown-paper-format",
    status=422,
    th="ไม่มีเอกสารในรูปแบบนี้ โปรดเลือก {known}",
    en="Papers are not made in this format. Please choose one of: {known}.",
):
    """Details: known."""


class PaperOfCancelledRun(
    Refused,
    code="paper-of-cancelled-run",
    status=409,
    th="รุ่นนี้ถูกยกเลิกแล้ว จึงไม่จัดทำเอกสารของรุ่นนี้",
    en="This run was cancelled, so there are no papers of it.",
):
    pass


class NoSeatsOfUnit(
    Refused,
    code="no-seats-of-unit",
    status=409,
    th="หน่วยงานนี้ไม่ได้รับการจัดสรรที่นั่งในรุ่นนี้ จึงไม่มีจำนวนที่จะขอให้ส่งรายชื่อ",
    en="This unit has no seats in this run, so there is nothing to ask it for.",
):
    pass


class NobodyOnPaper(
    Refused,
    code="nobody-on-paper",
    status=409,
    th="ยังไม่มีรายชื่อสำหรับเอกสารนี้",
    en="There is nobody yet whose name would stand on this paper.",
):
    pass


class PaperTooLong(
    Refused,
    code="paper-too-long",
    status=422,
    th="เอกสารนี้มีรายชื่อมากเกินไป (ไม่เกิน {limit:,} คนต่อฉบับ) โปรดจัดทำแยกตามหน่วยงาน",
    en="This paper would be too long: {limit:,} names at most. Please make one for each unit.",
):
    """Details: limit."""


class NoSessionThatDay(
    Refused,
    code="no-session-that-day",
    status=422,
    th="รุ่นนี้ไม่มีการอบรมในวันที่ระบุ โปรดตรวจสอบวันที่",
    en="This run has no session on that day. Please check the day.",
):
    pass


class PaperRunning(
    Refused,
    code="paper-running",
    status=409,
    th="ระบบกำลังจัดทำเอกสารอีกฉบับหนึ่งของท่านอยู่ โปรดรอให้เสร็จก่อน",
    en="Another paper of yours is being made. Please wait for it.",
):
    pass


class PapersBusy(
    Refused,
    code="papers-busy",
    status=503,
    th="ขณะนี้มีการจัดทำเอกสารพร้อมกันเต็มจำนวนแล้ว ({limit} ฉบับ) โปรดลองใหม่อีกครั้ง",
    en="As many papers as possible ({limit}) are being made just now. Please try again.",
):
    """Details: limit."""

    retry_after_seconds: ClassVar[int] = 2


class UnknownSigner(
    Refused,
    code="unknown-signer",
    status=422,
    th="ไม่พบผู้ลงนามในทะเบียนบุคลากรที่ท่านดูแล โปรดตรวจสอบ หรือเว้นไว้เพื่อกรอกชื่อภายหลัง",
    en="The signer is not among the people of your units. Please check, or leave the name to be filled in.",
):
    """Also for one who was erased."""
