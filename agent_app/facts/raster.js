/** A picture as a receipt printer takes it (ESC/POS). Pure.
 *
 * A slip goes as a picture and not as letters: so each script prints, whatever letters the printer knows. */

const ROWS_A_BAND = 128; // small printers keep no more of a picture at once

/** The bytes that print a picture of `{width, height, data}` (RGBA; the width a multiple of 8), and push the paper
 * out: `ESC @`, bands of `GS v 0`, and `ESC d`. */
export function printed({ width, height, data }) {
  const bytesAcross = width / 8;
  const bands = [Uint8Array.of(0x1b, 0x40)];
  for (let top = 0; top < height; top += ROWS_A_BAND) {
    const rows = Math.min(ROWS_A_BAND, height - top);
    const band = new Uint8Array(8 + bytesAcross * rows);
    band.set([0x1d, 0x76, 0x30, 0, bytesAcross & 0xff, bytesAcross >> 8, rows & 0xff, rows >> 8]);
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = ((top + y) * width + x) * 4;
        const isDark = data[at + 3] > 127 && data[at] + data[at + 1] + data[at + 2] < 384;
        if (isDark) band[8 + y * bytesAcross + (x >> 3)] |= 0x80 >> (x & 7);
      }
    }
    bands.push(band);
  }
  bands.push(Uint8Array.of(0x1b, 0x64, 3));
  const all = new Uint8Array(bands.reduce((sum, band) => sum + band.length, 0));
  let at = 0;
  for (const band of bands) {
    all.set(band, at);
    at += band.length;
  }
  return all;
}

/** A text in lines that fit: `widthOf` measures; a word that is too long for a line is cut. */
export function wrapped(text, most, widthOf) {
  const lines = [];
  let line = "";
  for (let word of text.split(/\s+/)) {
    if (line && widthOf(`${line} ${word}`) <= most) {
      line = `${line} ${word}`;
      continue;
    }
    if (line) lines.push(line);
    while (widthOf(word) > most && word.length > 1) {
      let fits = word.length - 1;
      while (fits > 1 && widthOf(word.slice(0, fits)) > most) fits -= 1;
      lines.push(word.slice(0, fits));
      word = word.slice(fits);
    }
    line = word;
  }
  return [...lines, line];
}
