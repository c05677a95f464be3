"""Tests of files that go out."""
