"""Files of the field that are looked through for malware before anybody can open them."""
