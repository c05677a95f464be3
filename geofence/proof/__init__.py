"""Whether visits are what they claim to be, checked without the code that decided them."""
