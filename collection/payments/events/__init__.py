"""What gateways tell of payments, applied once each."""
