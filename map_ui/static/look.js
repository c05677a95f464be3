// Before the first paint: the look this person chose on this device (none = the system's).
(() => {
  try {
    const look = localStorage.getItem("look");
    if (look === "light" || look === "dark") document.documentElement.dataset.look = look;
  } catch {
    // Storage may be forbidden; then the system's look it is.
  }
})();
