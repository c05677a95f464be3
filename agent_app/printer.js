/** A receipt printer of 58 mm, over Bluetooth. */

const SERVICE = "000018f0-0000-1000-8000-00805f9b34fb"; // the serial service that these printers share
const WRITE = "00002af1-0000-1000-8000-00805f9b34fb";
const PIECE_BYTES = 180; // below what the slowest of them takes in one write

let device = null;

/** Send bytes to the printer that was chosen last, or have one chosen. Resolves to null, or to why not:
 * "unavailable", "not_chosen" or "failed". */
export async function print(bytes) {
  if (!navigator.bluetooth) return "unavailable";
  try {
    device ??= await navigator.bluetooth.requestDevice({ filters: [{ services: [SERVICE] }] });
  } catch {
    return "not_chosen";
  }
  try {
    const server = await device.gatt.connect();
    const port = await (await server.getPrimaryService(SERVICE)).getCharacteristic(WRITE);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) await port.writeValueWithResponse(bytes.slice(at, at + PIECE_BYTES));
    return null;
  } catch {
    device = null; // another one may be chosen
    return "failed";
  } finally {
    device?.gatt.disconnect();
  }
}
