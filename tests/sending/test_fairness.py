"""An app with a long queue does not hold up the message of another."""

from pathlib import Path

from tests.house import in_memory
from tests.sending.town import town
from wechat_scheduler.delivery.model import Content

OTHER = "wx4444444444444444"


async def test_the_single_message_of_an_app_goes_out_in_the_next_pass(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory) as busy:
        quiet = await busy.another(OTHER)
        crowd, one = await busy.follow(), await quiet.follow()
        for place, uid, number in ((busy, crowd, 30), (quiet, one, 1)):
            for each in range(number):
                content = Content(title=f"message {each}")
                await place.sending.put(
                    await place.sending.prepare(place.app, content, names=[uid])
                )

        busy.cores.delivery.clockwork.slots = 4
        await busy.cores.delivery.clockwork.run_once()

        assert len(await quiet.arrived(one)) == 1
        assert len(await busy.arrived(crowd)) == 3
