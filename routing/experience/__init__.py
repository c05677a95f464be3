"""What past visits teach: how long they last, and when customers are met."""
