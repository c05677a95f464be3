"""Days that wait to be judged, and all that they are judged by."""
