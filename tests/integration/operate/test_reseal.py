"""`pattana reseal` on a running edition: afterwards no copy needs the old key, and without it people are reached."""

import asyncio
from functools import partial
from pathlib import Path

import httpx
from click.testing import CliRunner, Result

from pattana.audit.audit import databases_of
from pattana.cli import app
from shared.fresh_keys import new_key_ring
from shared.rights import Role
from tests.support.api import Issuer
from tests.support.edition import Edition, edition
from tests.support.waiting import until

OLD = new_key_ring("k1")
PEOPLE = "externalId,fullName,unit\n" + "\n".join(f"E{n},นายคนที่{n} ใจดี,PO-50.HR" for n in range(120))


async def reseal(running: Edition, *options: str) -> Result:
    arguments = ["reseal", *options, *running.reach()]
    return await asyncio.to_thread(CliRunner().invoke, app, arguments)


async def test_all_copies_go_over_to_the_new_key(
    mongo_url: str, kafka_bootstrap: str, mongo_prefix: str, topic_prefix: str, issuer: Issuer, tmp_path: Path
) -> None:
    begin = partial(edition, mongo_url, kafka_bootstrap, issuer, tmp_path, prefix=mongo_prefix)
    async with begin(contact_keys=OLD) as running:
        headers = issuer.bearer(Role.HR_OFFICER, "PERS") | {"content-type": "text/csv"}
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=60) as client:
            (await client.post("/api/enrolment/imports/people", content=PEOPLE.encode())).raise_for_status()
        await until(lambda: _known(running))
    new = new_key_ring("k2")
    async with begin(contact_keys=f"{new},{OLD}") as running:
        looked = await reseal(running, "--look")
        assert looked.exit_code == 1
        assert "k2: 0 contacts; the newest key" in looked.output
        assert "k1: 120 contacts; still needed" in looked.output
        done = await reseal(running)
        assert done.exit_code == 0, done.output
        assert "120 of 120 contacts sealed again with k2" in done.output
        assert "k1: 0 contacts; may be taken out of PATTANA_CONTACT_KEYS" in done.output
    async with begin(contact_keys=OLD) as running:  # the new key is missing
        lost = await reseal(running, "--look")
        assert lost.exit_code == 1
        assert "120 contacts stand under keys that PATTANA_CONTACT_KEYS does not hold" in lost.output
    async with begin(contact_keys=new) as running:
        assert (await reseal(running, "--look")).exit_code == 0
        verdict = await running.audit()
        assert verdict.kept, [promise.examples for promise in verdict.promises]


async def _known(running: Edition) -> bool:
    async with databases_of(running.where) as databases:
        store = next(store for name, store in databases.items() if name.endswith("notification"))
        return bool(await store["contacts_g1"].count_documents({}) == 120)
