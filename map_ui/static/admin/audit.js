/** Taking the trail out: the same question that the page shows, as a file. */

document.getElementById("export").addEventListener("submit", (event) => {
  event.preventDefault();
  const { reason, format } = Object.fromEntries(new FormData(event.target));
  const asked = new URLSearchParams(document.querySelector("[data-export]").dataset.export);
  asked.set("reason", reason);
  const link = document.createElement("a");
  link.href = `/v1/audit-events.${format}?${asked}`;
  link.download = `audit-events.${format}`;
  link.click();
  event.target.closest("dialog").close();
});
