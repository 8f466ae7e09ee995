"""What a developer sees who opens the sandbox in a browser."""

PAGE = """\
This is a sandbox: a WeChat that runs on your machine.

Point a client's base URL here instead of https://api.weixin.qq.com. Any appid that begins with wx
is an account; its secret is sandbox-secret unless the sandbox was started with another.
Tokens, tickets, quotas and errcodes behave as documented; all periods but the day of the quotas
shrink with --token-lifetime.

Handles, in JSON and without a key:

POST /_sandbox/script
    {"endpoint": "/cgi-bin/token", "errcode": 45009, "times": 3, "appid": "wx..."}
    Fail the next calls. In place of errcode: "status": 502, "garbage": true, "hang": true,
    "drop": true (cut before anything happened) or "lose": true (cut after it took effect).
    "times": null lasts until cleared; "errmsg" replaces the documented words.
DELETE /_sandbox/script
    Fail no more.
POST /_sandbox/grants
    {"kind": "oauth2", "appid": "wx...", "openid": "o..."}
    A user agrees: openid, refresh_token and code. With "component_appid" through a platform.
    {"kind": "authorizer", "component_appid": "wx...", "authorizer_appid": "wx..."}
    An account authorises a platform: authorizer_refresh_token and authorization_code.
POST /_sandbox/revoke
    The same bodies take it back.
GET /_sandbox/tickets/{component_appid}
    The platform's newest component_verify_ticket.
POST /_sandbox/pushes
    {"component_appid": "wx...", "url": "http://...", "token": "...", "encoding_aes_key": "..."}
    Push events to a platform, encrypted: a ticket at once and every ten minutes, and the
    grants and revocations of its authorizers.
POST /_sandbox/kill
    {"value": "..."}
    Make a token invalid, as if another program had fetched one.
GET /_sandbox/calls
    How often each endpoint was called, by account.
"""
