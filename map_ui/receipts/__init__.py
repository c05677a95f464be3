"""Receipts as customers see them: the page behind the short link, and paper."""
