/** A place in figures. Pure. */

const DECIMALS = 5; // about a meter

const figures = ({ lat, lon }, between) => `${lat.toFixed(DECIMALS)}${between}${lon.toFixed(DECIMALS)}`;

/** "-29.90453, -71.24894", as other maps' search boxes read it. */
export const coordinates = (place) => figures(place, ", ");

/** For whatever program shows maps on this device, with a pin there; no other host is asked. */
export const mapLink = (place) => `geo:${figures(place, ",")}?q=${figures(place, ",")}`;
