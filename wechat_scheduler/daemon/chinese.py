"""Every sentence of the rooms below that has Chinese, for the console."""

from functools import cache
from typing import Final

from wechat_scheduler.access import model as access_model
from wechat_scheduler.alerts import sentences as alert_sentences
from wechat_scheduler.config import alert_targets
from wechat_scheduler.credentials import fault_sentences
from wechat_scheduler.delivery import keywords, mappings, notes, refused_messages
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.engine import bulkhead, crashes
from wechat_scheduler.engine.sentences import Sentence, sentences_of
from wechat_scheduler.mail import carrier as mail_carrier
from wechat_scheduler.pushes import sentences as push_sentences
from wechat_scheduler.storage import unreadable
from wechat_scheduler.storage.credentials import corrupt_jobs
from wechat_scheduler.web.console import field_sorts, reason_sentences, request_errors
from wechat_scheduler.web.kit import ids, texts
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.native import push_endpoints, pushes
from wechat_scheduler.web.native.chinese import table
from wechat_scheduler.webhooks import robots, urls
from wechat_scheduler.webhooks import sentences as webhook_sentences
from wechat_scheduler.wechat import errcode_lookup, refused_pushes, silence
from wechat_scheduler.wechat.errcodes import ERRCODES

# Modules whose constants are sentences.
MODULES: Final = (
    access_model,
    alert_sentences,
    alert_targets,
    bulkhead,
    corrupt_jobs,
    crashes,
    errcode_lookup,
    fault_sentences,
    ids,
    mail_carrier,
    notes,
    push_endpoints,
    push_sentences,
    pushes,
    refused_messages,
    refused_pushes,
    robots,
    silence,
    texts,
    unreadable,
    urls,
    webhook_sentences,
)


@cache
def chinese() -> Chinese:
    return Chinese(sentences())


def sentences() -> list[Sentence]:
    return [
        *sorted(ERRCODES.sentences()),
        *(refusal.value for refusal in Refusal),
        *keywords.sentences(),
        *mappings.sentences(),
        *field_sorts.SENTENCES,
        *request_errors.SENTENCES,
        *reason_sentences.SENTENCES,
        *reason_sentences.OF_SYSTEM,
        *table.SENTENCES,
        *(sentence for module in MODULES for sentence in sentences_of(module)),
    ]
