"""Every sentence of the rooms below that has Chinese, for the console."""

from typing import Final

from wechat_scheduler.delivery import refused_messages
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.engine.sentences import Sentence, sentences_of
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.wechat import errcode_lookup
from wechat_scheduler.wechat.errcodes import ERRCODES

# Modules whose constants are sentences.
MODULES: Final = (errcode_lookup, refused_messages)


def chinese() -> Chinese:
    return Chinese(sentences())


def sentences() -> list[Sentence]:
    return [
        *sorted(ERRCODES.sentences()),
        *(refusal.value for refusal in Refusal),
        *(sentence for module in MODULES for sentence in sentences_of(module)),
    ]
