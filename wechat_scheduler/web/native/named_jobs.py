"""The job that a path names."""

from aiohttp import web

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.services import SERVICES


def job_of(request: web.Request) -> JobKey:
    """Raises NotFoundError for an unknown type."""
    path, kinds = request.match_info, request.app[SERVICES].kinds
    key = JobKey(path["appid"], kinds.kind_of(path["type"]), path.get("subject", ""))
    if key.kind not in kinds:
        raise NotFoundError(kinds.unknown(path["type"]), reason=Reason.TYPE_UNKNOWN)
    return key
