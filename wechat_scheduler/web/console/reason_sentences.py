"""Reasons that are stored with messages, reminders and credentials, and what is wrong with the store, in Chinese."""

import errno
import os
from collections.abc import Mapping
from typing import Final

from wechat_scheduler.engine.sentences import Sentence

# fmt: off
_OF_DELIVERIES: Final[Mapping[str, str]] = {
    "there is no token to send with for {appid}": "没有 {appid} 可以用来发送的 token",
    "another process has taken it over": "已由另一个进程接手",
    "the app was removed": "应用已删除",
    "the user unfollowed the account": "用户已取消关注公众号",
    "its message is gone": "它的消息已不存在",
    "it fell due while no daemon ran, and is not sent late": "到时没有守护进程在运行，过后不再补发",
    "it was due at {at}": "原定时间是 {at}",
}
_OF_CREDENTIALS: Final[Mapping[str, str]] = {
    "{path}: the refresh token is another user's": "{path}：refresh_token 是另一个用户的",
    "register the task again with the refresh token of the user {openid}":
        "请用用户 {openid} 的 refresh_token 重新登记 task",
    "its stored addresses cannot be read: let it register again": "存下的地址读不出来：请让它重新登记",
    "slow the largest users down, or clear it with wechat-scheduler quota clear {path} --appid {appid}":
        "请让调用最多的放慢，或清零：wechat-scheduler quota clear {path} --appid {appid}",
}
_OF_ROWS: Final[Mapping[str, str]] = {
    "the stored row cannot be read: {error}": "存储里的这一行读不出来：{error}",
    "{why}; `wechat-scheduler doctor` names its column: correct it in the table {table}, or restore a backup":
        "{why}；`wechat-scheduler doctor` 会指出是哪一列：请在表 {table} 里改正，或恢复备份",
    "the stored one cannot be read: {error}; give the reminder another":
        "存下的规则读不出来：{error}；请给这个提醒另一条",
    "the stored row waits for ever: {why}; correct it": "存储里的这一行会一直等下去：{why}，请改正",
    "its {column:s} is not valid": "它的 {column} 无效",
    "this is not a sealed text": "这不是加密的内容",
    "a sealed text was changed or moved and cannot be opened": "加密的内容被改动或移动过，打不开",
    "the sealing key is lost: what was sealed with key {key} cannot be opened; put that key back into the key file":
        "加密密钥丢失：用密钥 {key} 加密的内容打不开；请把它放回密钥文件",
}
_OF_STORE: Final[Mapping[str, str]] = {
    "another program holds a lock on the database": "另一个程序锁住了数据库",
    "another connection holds a lock on the database": "另一个连接锁住了数据库",
    "the disk is full": "磁盘已满",
    "the disk is full: free some space": "磁盘已满，请腾出空间",
    "the database is read-only": "数据库是只读的",
    "access to the database file is not permitted": "没有访问数据库文件的权限",
    "the database file or its folder cannot be opened": "数据库文件或它的目录打不开",
    "the disk failed to read or write": "磁盘读写出错",
    "the database file is damaged: restore it from a backup": "数据库文件已损坏：请从备份恢复",
    "the file is not a SQLite database": "这个文件不是 SQLite 数据库",
    "there is not enough memory": "内存不足",
    "stop the daemon, and restore a backup": "请停止守护进程，并恢复备份",
    "stop the daemon and restore a backup": "请停止守护进程，并恢复备份",
    "the database lacks the table {table}: {advice}":
        "数据库缺少表 {table}：{advice}",
    "the database is incomplete: {error}; {advice}":
        "数据库不完整：{error}；{advice}",
    "the database file {file} was replaced: {advice}":
        "数据库文件 {file} 被换掉了：{advice}",
    "the database file {file} was cut short: {advice}":
        "数据库文件 {file} 被截短了：{advice}",
    "the database file {file} was deleted: {advice}":
        "数据库文件 {file} 被删除了：{advice}",
    "the database file {file} cannot be seen: {reason}": "看不到数据库文件 {file}：{reason}",
    "the database was opened for reading only": "数据库以只读方式打开",
    "the database is closed": "数据库已关闭",
    "the database does not answer": "数据库没有回应",
    "the transaction was not committed": "事务没有提交",
    "the id of a new message is taken: the clock was set back": "新消息的编号已被占用：时钟被调回过",
    "PostgreSQL failed: {reason}": "PostgreSQL 出错：{reason}",
    "collided with others {times:d} times": "与别的事务冲突了 {times} 次",
    "the connection was lost": "连接断了",
    "no answer in time": "没有及时回答",
    "no more connections": "没有更多的连接",
    "it has no connection left for this daemon: raise its max_connections, or lower state.connections":
        "没有连接留给这个守护进程：请调大它的 max_connections，或调小 state.connections",
    "{reason}; the next attempt is in {seconds} s": "{reason}；{seconds} 秒后再试",
}
# What the operating system says.
_OF_SYSTEM: Final[Mapping[int, str]] = {
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方断开",
    errno.ETIMEDOUT: "连接超时",
    errno.ENETUNREACH: "网络不可达",
    errno.EHOSTUNREACH: "没有到主机的路由",
    errno.ENOSPC: "磁盘已满",
    errno.EACCES: "没有权限",
    errno.ENOENT: "没有这个文件",
    errno.EROFS: "文件系统是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
}
# fmt: on
_OURS: Final = (_OF_DELIVERIES, _OF_CREDENTIALS, _OF_ROWS, _OF_STORE)
OF_SYSTEM: Final = tuple(
    Sentence(os.strerror(number).lower(), zh) for number, zh in _OF_SYSTEM.items()
)
SENTENCES: Final = tuple(Sentence(*both) for table in _OURS for both in table.items())
