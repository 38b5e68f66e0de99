"""The project aggregate: a book that is being written, with its contents; its texts are domain/chapter/."""
