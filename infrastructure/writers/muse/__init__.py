"""The muse: the embedded writer. Templates and lexicons, no AI, no network, always the same for the same request."""
