"""Payment gateways: where a customer goes to pay, and how we know that they told us."""
