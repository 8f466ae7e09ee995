"""Tells deliveries whose receiver was sent a corrected message instead."""

from typing import Final

# A message may be corrected for one of its receivers only, and the correction cancelled before it is sent.
IS_CORRECTED: Final = """
    EXISTS (
        SELECT 1 FROM messages c JOIN deliveries x ON x.message_id = c.id
        WHERE c.corrects = {of}.message_id AND x.channel = {of}.channel AND x.target = {of}.target
            AND x.state <> 'cancelled'
    )
"""
# Of the rows of a statement that reads the table by its own name.
NOT_CORRECTED: Final = f"NOT {IS_CORRECTED.format(of='deliveries')}"
