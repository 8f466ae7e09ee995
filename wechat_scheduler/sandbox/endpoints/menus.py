"""The menu of an account. Sources: "自定义菜单 创建接口" and the pages beside it."""

from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import official_account
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.world import World

MOST_BUTTONS = 3
MOST_SUB_BUTTONS = 5
# In bytes of UTF-8: those of the menu, and those below them.
LONGEST_NAME = 16
LONGEST_SUB_NAME = 60
OK: Reply = {"errcode": 0, "errmsg": "ok"}


def create_menu(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40016, 40017, 40018, 48001."""
    appid = official_account(world, call)
    world.menus[appid] = _checked(call.fields.get("button"), MOST_BUTTONS, LONGEST_NAME)
    return OK


def get_menu(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 46003 if there is none."""
    buttons = world.menus.get(official_account(world, call))
    if buttons is None:
        raise RefusedError(46003)
    return {"menu": {"button": [_with_sub_buttons(button) for button in buttons]}}


def get_current_menu(world: World, call: ApiCall) -> Reply:
    buttons = world.menus.get(official_account(world, call))
    return {"is_menu_open": int(buttons is not None), "selfmenu_info": {"button": buttons or []}}


def delete_menu(world: World, call: ApiCall) -> Reply:
    world.menus.pop(official_account(world, call), None)
    return OK


def _with_sub_buttons(button: dict[str, Any]) -> dict[str, Any]:
    return {"sub_button": []} | button


def _checked(buttons: Any, most: int, longest_name: int) -> list[dict[str, Any]]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= most:
        raise RefusedError(40016)
    for button in buttons:
        name = button.get("name") if isinstance(button, dict) else None
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest_name:
            raise RefusedError(40018)
        if button.get("sub_button"):
            _checked(button["sub_button"], MOST_SUB_BUTTONS, LONGEST_SUB_NAME)
        elif not isinstance(button.get("type"), str):
            raise RefusedError(40017)
    return buttons


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/menu/create", create_menu),
    Endpoint("GET", "/cgi-bin/menu/get", get_menu),
    Endpoint("GET", "/cgi-bin/menu/delete", delete_menu),
    Endpoint("GET", "/cgi-bin/get_current_selfmenu_info", get_current_menu),
)
