"""What plans take over of what was due, and give back."""
