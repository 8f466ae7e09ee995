"""Sentences about pushes that are not WeChat's, or cannot be read."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

NOT_ENCRYPTED: Final = Sentence(
    "nothing in it is encrypted: choose 安全模式 or 兼容模式 in WeChat's console",
    "里面没有加密内容：请在微信后台选择安全模式或兼容模式",
)
UNDECRYPTED: Final = Sentence(
    "it cannot be decrypted: the EncodingAESKey is different, or the push is not for {appid}",
    "无法解密：EncodingAESKey 不一致，或推送不是给 {appid} 的",
)
NOT_PLAIN: Final = Sentence(
    "there is no plain message in it: a platform, and an account in 安全模式, needs its EncodingAESKey registered",
    "里面没有明文消息：第三方平台和安全模式的账号需要登记 EncodingAESKey",
)
NO_FORM: Final = Sentence("it has no timestamp, or no nonce", "没有 timestamp 或 nonce")
UNSIGNED: Final = Sentence("it is not signed", "没有签名")
WRONG_SIGNATURE: Final = Sentence(
    "its signature does not match: the token is different", "签名不符：Token 不一致"
)
BROKEN_JSON: Final = Sentence("the JSON is broken", "JSON 不完整")
NO_OBJECT: Final = Sentence("the JSON is not an object", "JSON 不是对象")
DOCTYPE: Final = Sentence("the XML has a DOCTYPE", "XML 带有 DOCTYPE")
BROKEN_XML: Final = Sentence("the XML is broken", "XML 不完整")
MANY_ELEMENTS: Final = Sentence(
    "the XML has more than {most:d} elements", "XML 的元素超过 {most} 个"
)
