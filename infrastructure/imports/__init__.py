"""Files that hold a book already, read into chapters and paragraphs: DOCX, EPUB, Markdown, plain text."""
