"""Templates and reminders that are sent through several daemons, and what the phones show in the end."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp

from tests.cluster.arena import Arena, now, pause
from tests.house import APPID, SECRET
from tests.sending.town import TEMPLATES

# Receivers of one message, and people bound in one request.
EACH, PAGE = 20, 1000
WORKERS = 8
# Without a new message for this long, none comes any more.
QUIET = 90.0


class Mail:
    """`wanted` has how often each text of each person is to be shown: once. `late` has the seconds from the time
    of each reminder to its message, `retried` what was said again because no answer came."""

    def __init__(self, field: Arena, http: aiohttp.ClientSession, people: int) -> None:
        self._field = field
        self._http = http
        self._openids = [f"o-{number}" for number in range(people)]
        self._app = 0
        self._due: dict[str, float] = {}
        self.wanted: Counter[tuple[str, str]] = Counter()
        self.shown: Counter[tuple[str, str]] = Counter()
        self.late: list[float] = []
        self.retried = 0
        self.crashed = 0

    @property
    def is_open(self) -> bool:
        return self._app != 0

    async def open_shop(self) -> None:
        account = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
        await self._say("register", account, "account")
        templates = {
            purpose: {"template_id": one.template_id, "fields": dict(one.fields)}
            for purpose, one in TEMPLATES.items()
        }
        shop = {"name": "shop", "appid": APPID, "templates": templates}
        self._app = (await self._say("v1/apps", shop, "shop"))["id"]
        for start in range(0, len(self._openids), PAGE):
            part = self._openids[start : start + PAGE]
            people = [{"external_id": openid, "openid": openid} for openid in part]
            await self._say(f"v1/apps/{self._app}/subscribers", people, f"people-{start}")

    async def send(self, templates: int, reminders: int, seconds: float) -> None:
        """Say all of them, spread over that time. The reminders fall due one to two and a half minutes later."""
        began, work = now(), list(self._work(templates, reminders, seconds))
        self._field.rng.shuffle(work)
        numbered = iter(enumerate(work))

        async def some() -> None:
            for number, (path, body, name) in numbered:
                await pause(began + number * seconds / len(work) - now())
                if "time" in body:
                    # A reminder is due in a whole second.
                    self._due[name] = round(now() + self._field.rng.uniform(60, 150))
                    body["time"] = datetime.fromtimestamp(self._due[name], UTC).isoformat()
                await self._say(path, body, name)
                self.wanted.update((openid, name) for openid in body["to"])

        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(some())

    def _work(
        self, templates: int, reminders: int, seconds: float
    ) -> Iterator[tuple[str, dict[str, Any], str]]:
        for number in range(templates // EACH):
            first = number * EACH % len(self._openids)
            yield (
                "v1/messages",
                self._body(f"m{number}", self._openids[first : first + EACH]),
                f"m{number}",
            )
        for number in range(reminders):
            openid = self._openids[number % len(self._openids)]
            body = self._body(f"r{number}", [openid]) | {"title": "r", "time": ""}
            yield "v1/reminders", body, f"r{number}"

    def _body(self, text: str, openids: Sequence[str]) -> dict[str, Any]:
        return {"app": self._app, "to": openids, "channel": "template", "text": text}

    async def _say(self, path: str, body: Any, name: str) -> Any:
        """To any daemon, until one answers. The key is the same each time: the first may have heard it."""
        while True:
            if standing := self._field.up():
                url = f"{self._field.rng.choice(standing).url}/{path}"
                try:
                    async with self._http.post(
                        url, json=body, headers={"Idempotency-Key": name}
                    ) as answer:
                        if answer.status == 200:
                            return (await answer.json())["result"]
                        assert answer.status in (409, 500, 503), await answer.text()
                        self.crashed += answer.status == 500
                except (aiohttp.ClientError, TimeoutError, OSError):
                    pass
            self.retried += 1
            await pause(0.2)

    async def settle(self) -> None:
        """Wait until the phones show all, or nothing comes any more."""
        changed_at, before = now(), -1
        while now() - changed_at < QUIET:
            shown = await self._phones()
            self.shown = Counter((openid, one[0]) for openid, all_ in shown.items() for one in all_)
            if self.shown.total() != before:
                changed_at, before = now(), self.shown.total()
            if not self.wanted - self.shown:
                break
            await pause(2)
        self.late = [
            at - self._due[text]
            for all_ in (await self._phones()).values()
            for text, at in all_
            if text in self._due
        ]

    async def _phones(self) -> Mapping[str, list[tuple[str, float]]]:
        async with self._http.get(f"{self._field.places[0].weixin}/storm/shown") as answer:
            phones: Mapping[str, list[tuple[str, float]]] = await answer.json()
            return phones
