"""What people may ask of us about their data: consent, holds, a copy, erasure; and how long we keep
it."""
