"""Shared types of Genesis Studio: enumerations, table models, the message envelope. Needs pydantic only."""
