/** The words of a page's module: they stand in its `<template id="words">`, `{name}` for what varies. */

export function word(name, values = {}) {
  const found = document.getElementById("words").content.querySelector(`[data-word="${CSS.escape(name)}"]`);
  return found.textContent.replace(/\{(\w+)\}/g, (_, key) => {
    const value = values[key];
    return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : value;
  });
}
