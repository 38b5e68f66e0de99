"""The long-lived processes: each module has `run(settings, stop)`."""
