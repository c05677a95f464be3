"""Who alone has opened an account for another: a hand that does not count as a second person."""
