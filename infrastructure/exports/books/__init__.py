"""Files for readers: one document tree, rendered as EPUB, PDF, DOCX, Markdown and HTML."""
