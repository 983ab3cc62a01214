"""The composition root of the reporting service: every object and who knows whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reporting.answering.answers import Answers
from services.reporting.http import router
from services.reporting.projecting.projector import projector_of
from services.reporting.settings import ReportingSettings
from shared.engine import open_database
from shared.http import create_api
from shared.messaging.rebuilding import Rebuilding
from shared.mongo import StoreError
from shared.personal import Absent, Words
from shared.personal.acts import acts
from shared.personal.routes import Exports, export_routes
from shared.routes import add_routes
from shared.runtime import Runtime
from shared.security import Verifier
from shared.security_log.keeping import keep_security_log

NAME = "reporting"
ABSENT = (
    Absent(
        Words("ตัวเลขในรายงาน", "numbers in reports"),
        Words(
            "รายงานนับจากเหตุการณ์ที่มีเพียงรหัส ไม่มีชื่อหรือข้อความ และตรงกับที่บริการ enrolment แสดง",
            "they are counted from events that have ids alone, no names and no texts, and are what enrolment tells",
        ),
    ),
)


def create_app(settings: ReportingSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    projector = projector_of(runtime, settings, store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with runtime.running():
            yield

    projector.attach(runtime)
    app = create_api(
        NAME,
        settings,
        runtime=runtime,
        verifier=Verifier(settings),
        lifespan=lifespan,
        busy=(StoreError,),
    )
    keep_security_log(app, runtime, store)
    kinds = (acts(store, days=settings.security_log_days),)
    questions = router(Answers(projector, runtime.clock), Rebuilding(projector, runtime.clock))
    add_routes(app, export_routes(Exports(runtime, kinds, ABSENT)), questions)
    return app
