"""The arc and the flow of contents, looked at by code: findings with a proposed change each, and a curve. Pure."""
