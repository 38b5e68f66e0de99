"""The account aggregate: a user's credits, what is held of them for work in progress, and what was charged."""
