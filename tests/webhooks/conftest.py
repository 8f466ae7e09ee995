"""A business system, and a client that may call it."""

from collections.abc import AsyncIterator

import pytest

from tests.business import Business
from tests.webhooks.clients import client_of
from wechat_scheduler.webhooks.client import GuardedClient


@pytest.fixture
async def business() -> AsyncIterator[Business]:
    async with Business() as business:
        yield business


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with client_of() as client:
        yield client
