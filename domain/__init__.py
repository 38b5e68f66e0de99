"""Pure decisions and facts: no clock, no random ids, no I/O."""
