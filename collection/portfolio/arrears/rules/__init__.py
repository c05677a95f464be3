"""To whom paying arrears in parts may be offered."""
