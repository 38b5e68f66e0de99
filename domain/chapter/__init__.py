"""The chapter aggregate: the text of one chapter as edits of blocks, one stream for each chapter."""
