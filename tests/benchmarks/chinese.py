"""What the benchmarks call things, in the words of the Chinese README."""

from typing import Final

WORDS: Final = {
    "Reading from the program": "轮询读取",
    "the same, an id varies": "同上，每次换一个 id",
    "A reader's p99": "读者的 p99",
    "while 64 connections create": "64 个连接同时新建时",
    "while nothing is created": "没有新建时",
    "One reader": "一个读者",
    "10,000 refreshes at once": "同时刷新 10,000 个凭据",
    "idle": "空闲时",
    "Refreshing 5,000 at once": "同时刷新 5,000 个凭据",
    "refresh and durable commit": "刷新并落盘",
    "Sending 1,000": "发送 1,000 条",
    "from 1,000 that wait": "1,000 条在等",
    "from 100,000 that wait": "100,000 条在等",
    "Reminders handed to WeChat": "交给微信的提醒",
    "5,000 due at once": "5,000 条同时到点",
    "100,000 due at once": "100,000 条同时到点",
    "Restarting under 64 callers": "64 个调用方在用时重启",
    "handed over (SIGUSR2)": "交接（SIGUSR2）",
    "stopped and started": "先停后启",
    "Starting with deliveries that wait": "有投递在等时启动",
    "1,000,000 deliveries": "1,000,000 条投递",
    "Starting": "启动",
    "no jobs": "没有任务",
    "1 job": "1 个任务",
    "bare client loop": "空的客户端循环",
    "aiohttp, bare": "空的 aiohttp",
    "nginx, static answer": "nginx 固定回答",
    "requests/s": "读取/秒",
    "creates/s": "新建/秒",
    "refreshes/s": "刷新/秒",
    "deliveries/s": "投递/秒",
    "reminders/s": "提醒/秒",
    "longest wait s": "秒（最长等待）",
    "failed": "次失败",
    "seconds until ready": "秒（到就绪）",
    "p99 ms": "毫秒（p99）",
    "CPU s": "秒（CPU）",
    "CPU µs": "微秒（CPU）",
}


def in_chinese(text: str) -> str:
    """The text with these words; what has none is a name, and stays."""
    for words in sorted(WORDS, key=len, reverse=True):
        text = text.replace(words, WORDS[words])
    return text
