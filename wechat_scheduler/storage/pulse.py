"""Does the database answer?"""

from wechat_scheduler.storage.database import Database


async def ask(database: Database) -> None:
    """Returns once it has answered a question about nothing. Raises StorageError."""
    await database.read("SELECT 1")
