"""UPI links and their QR codes, as NPCI's linking specification has them."""
