"""Receipts as customers get them: a page, a PDF, a message with a link."""
