"""The daily brief as a document: one content in words (`text`), written as a page, a DOCX and a PDF."""
