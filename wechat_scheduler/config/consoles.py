"""Names the places in WeChat's consoles where an operator changes something, as of November 2026."""

from typing import Final

_ACCOUNT: Final = "微信开发者平台 → 我的业务 → 公众号/服务号"
_PLATFORM: Final = "开放平台 → 管理中心 → 第三方平台"

_MINI_PROGRAM: Final = "小程序：公众平台 → 开发管理 → 开发设置"

SECRET: Final = f"{_ACCOUNT} → 基础信息 → 开发密钥；{_MINI_PROGRAM}"
IP_WHITELIST: Final = f"{_ACCOUNT} → 基础信息 → 开发密钥 → IP 白名单；{_MINI_PROGRAM}"
PUSH_URL: Final = f"{_ACCOUNT} → 基础信息 → 域名与消息推送配置；{_MINI_PROGRAM}"
PERMISSIONS: Final = f"{_ACCOUNT} → 接口管理 → 接口权限与额度"

NOTIFICATIONS: Final = "公众平台 → 通知中心"
MINI_PROGRAM_LINKS: Final = "公众平台 → 广告与服务 → 小程序管理"
TEMPLATES: Final = "公众平台 → 广告与服务 → 模板消息、订阅通知"

PLATFORM: Final = f"{_PLATFORM} → 开发资料"
PLATFORM_IP_WHITELIST: Final = f"{PLATFORM} → 白名单IP地址列表"
PLATFORM_PERMISSIONS: Final = f"{_PLATFORM} → 权限集"
