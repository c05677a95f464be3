/** Letters on a canvas. A browser reads a font anew each time that it is set, and a map has hundreds of signs: those of one
 * face, one after another, set it once. */

const faces = new WeakMap();

/** The next words are of this face and around their point. */
export function face(context, wanted) {
  if (faces.get(context) === wanted) return;
  faces.set(context, wanted);
  context.font = wanted;
  context.textAlign = "center";
  context.textBaseline = "middle";
}

/** Whoever begins a frame, or puts back what a context held, says so: nothing is known of its face any more. */
export const forgetFace = (context) => faces.delete(context);
