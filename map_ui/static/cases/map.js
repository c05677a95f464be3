/** Where the customer lives, with the fence that proves a visit. */

import { basemap } from "../live/basemap.js";
import { onLook, palette, readPalette } from "../live/palette.js";

let tiles = null;
let drawn = null;

/** `address` is as the server tells it; without a position there is nothing to draw. */
export function showAddress(map, address) {
  drawn?.remove();
  readPalette();
  if (!address.position) return;
  const { lat, lon } = address.position;
  map.attributionControl.setPrefix(false);
  const style = () => ({ color: palette.planned, fillColor: palette.planned, weight: 2, fillOpacity: 0.12 });
  const fence = window.L.circle([lat, lon], { radius: address.fence_radius_m ?? 50, ...style() });
  const door = window.L.circleMarker([lat, lon], { radius: 6, color: palette.accent, fillColor: palette.accent, fillOpacity: 1 });
  drawn = window.L.layerGroup([fence, door]).addTo(map);
  map.invalidateSize();
  map.setView([lat, lon], 16);
  tiles ??= basemap(map);
  onLook(() => {
    tiles = basemap(map, tiles);
    fence.setStyle(style());
  });
}
