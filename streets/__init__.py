"""The street network: built from OpenStreetMap, snapped to, addressed, geocoded, drawn."""
