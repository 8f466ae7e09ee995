"""`keys rotate-sealing`: a new key for what is encrypted on disk."""

import asyncio
from typing import Any

import click

from wechat_scheduler.cli.options import global_options, take
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.upkeep import sealing


@click.command("rotate-sealing")
@click.option(
    "--forget-old",
    is_flag=True,
    help="Make no new key, but take the old ones out of the key file, once nothing needs them.",
)
@global_options
def rotate_sealing(forget_old: bool, **given: Any) -> None:
    """Encrypt everything on disk anew, with a new key.

    Stop every daemon on this state first. The new key stands in front of the old one in the key
    file; run it again with --forget-old when no backup from before is needed any more. Interrupted,
    it is simply run again.

    \b
    Examples:
      wechat-scheduler keys rotate-sealing --state /var/lib/wechat-scheduler
      wechat-scheduler keys rotate-sealing --forget-old
    """
    config = take(given).load().config
    clock = SystemClock()
    file = config.state.sealing_key_file
    if forget_old:
        done = asyncio.run(sealing.forget_older(config, clock=clock))
        click.echo(f"{file} holds key {done.newest} alone; backups from before it cannot be opened")
        return
    done = asyncio.run(sealing.rotate(config, clock=clock))
    what = "" if done.made else "an earlier rotation is ended: "
    click.echo(f"{what}{done.texts} secrets sealed anew with key {done.newest}, first in {file}")
    click.echo(f"backups from before need the keys behind it: {', '.join(done.older)}")
    if not config.state.database.startswith("sqlite:"):
        click.echo(f"copy {file} to every other daemon on this database before you start it")
