"""The book to take along: one PDF, one EPUB, and a release of everything with checksums, all made from the built site."""

TITLE = "Crunch Time: five stories about Alibaba, audited and rebuilt"
AUTHOR = "The Crunch Time authors"
