/** The camera in the page: no other app opens, so that the phone has no reason to close this one. */

const MOST_BYTES = 150_000;
const LONGEST_PX = 1280;
let stream = null;

/** Open the camera that looks away ("environment") or at who holds the phone ("user"). Resolves to null, or to
 * why not: "denied" or "unavailable". */
export async function openCamera(facingMode) {
  closeCamera();
  if (!navigator.mediaDevices?.getUserMedia) return "unavailable";
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode, width: { ideal: LONGEST_PX } } });
    return null;
  } catch (error) {
    return error.name === "NotAllowedError" ? "denied" : "unavailable";
  }
}

/** Show what the camera sees. */
export function showCamera(video) {
  if (video && video.srcObject !== stream) video.srcObject = stream;
}

export const isCameraOpen = () => stream !== null;

export function closeCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

/** Resolves once a video shows a picture: a slow camera takes a while after it was opened. */
async function seen(source) {
  if (source.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return source;
  await new Promise((resolve) => source.addEventListener("loadeddata", resolve, { once: true }));
  return source;
}

/** A JPEG of at most 150 kB of a video's picture, or of a file's. */
export async function jpegOf(source) {
  const image = source instanceof Blob ? await createImageBitmap(source) : source instanceof HTMLVideoElement ? await seen(source) : source;
  const [width, height] = [image.videoWidth ?? image.width, image.videoHeight ?? image.height];
  for (let longest = LONGEST_PX; ; longest *= 0.75) {
    const scale = Math.min(1, longest / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.82, 0.7, 0.55]) {
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
      if (blob.size <= MOST_BYTES) return blob;
    }
  }
}

/** A picture of such an address again. */
export const pictureAt = (address) =>
  new Blob([Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (char) => char.charCodeAt(0))], { type: "image/jpeg" });

/** A picture as an address that a page may show, and a draft can keep. */
export const dataUrl = (blob) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.readAsDataURL(blob);
});
