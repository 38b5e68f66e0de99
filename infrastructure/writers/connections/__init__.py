"""Connections to models that accounts keep: what they are, who may make them, and the writer that uses them."""
