/** Add a line of world pixels to the path that is being drawn. */
export function trace(context, points, view) {
  points.forEach(({ x, y }, i) =>
    context[i ? "lineTo" : "moveTo"](x * view.scale - view.x0, y * view.scale - view.y0),
  );
}
