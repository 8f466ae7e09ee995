"""`python -m wechat_scheduler` is the same program as `wechat-scheduler`."""

from wechat_scheduler.cli.main import main

if __name__ == "__main__":
    main()
