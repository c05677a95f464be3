"""Tests of centers."""
