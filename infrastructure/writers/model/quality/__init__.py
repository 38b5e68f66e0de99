"""What can be said by code about the quality of an answer: one file for each kind of finding, all pure functions."""
