/** Which tiles of the basemap a round needs. Pure. */

const MOST = 400;
const ZOOMS = [10, 11, 12, 13, 14, 15]; // the basemap has no finer data than that of zoom 15

/** Column and row of the tile that a position ([lon, lat] in degrees) lies in. */
export function tileOf([lon, lat], zoom) {
  const n = 2 ** zoom;
  const phi = (lat * Math.PI) / 180;
  const x = Math.floor(((lon + 180) / 360) * n);
  const y = Math.floor(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * n);
  return [Math.min(n - 1, Math.max(0, x)), Math.min(n - 1, Math.max(0, y))];
}

/** Addresses of the tiles along these positions, with their neighbors; the widest views first. */
export function tilesAlong(positions) {
  const wanted = new Set();
  for (const zoom of ZOOMS) {
    for (const position of positions) {
      const [x, y] = tileOf(position, zoom);
      for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) wanted.add(`/tiles/${zoom}/${x + dx}/${y + dy}.mvt`);
    }
  }
  return [...wanted].slice(0, MOST);
}
