"""The audit aggregate: what analysts read of one owner's, written down before it is shown."""
