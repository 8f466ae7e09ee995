"""What a developer sees who opens the sandbox in a browser."""

PAGE = """\
This is a sandbox: a WeChat that runs on your machine.

Point a client's base URL here instead of https://api.weixin.qq.com. Any appid that begins with wx
is an account; its secret is sandbox-secret unless the sandbox was started with another.
Tokens, tickets, quotas and errcodes behave as documented; all periods but the day of the quotas
shrink with --token-lifetime.

The phones of its users, live: /_sandbox/phone. A template exists if its id has 10 characters or more
and does not begin with "unknown". The picture of a QR code: /cgi-bin/showqrcode?ticket=...

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
POST /_sandbox/callbacks
    {"appid": "wx...", "url": "http://...", "token": "...", "encoding_aes_key": "...",
     "mode": "plain"}
    Post an account's messages and events there; the mode is "plain" (which needs no key),
    "compatible" or "safe". The address is asked for an echostr first.
POST /_sandbox/receipts
    {"appid": "wx...", "status": "failed:user block", "times": 1}
    How the account's next template messages end: also "failed: system failed".
POST /_sandbox/users/{appid}/{openid}/{deed}
    Let somebody do something; "new" in place of an openid makes somebody new. The deeds:
    follow {}, unfollow {}, scan {"ticket": "..."} or {"scene": "..."}, write {"text": "..."},
    voice {"recognition": "..."}, click {"key": "..."}, block {}, unblock {} and
    accept {"template_id": "...", "times": 3}, which lets so many subscribe notices through;
    "times": null lets all through, 0 none.
GET /_sandbox/phones
    Everybody, by account.
GET /_sandbox/phones/{appid}/{openid}
    What is on a phone, oldest first.
GET /_sandbox/received/{appid}
    The ids of all that was shown, once for each time.
GET /_sandbox/calls
    How often each endpoint was called, by account.
"""
