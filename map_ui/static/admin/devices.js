/** What sets a phone up, shown once: a QR code for either app, and links for the phone itself. */

const place = (id) => document.getElementById(id);

function show() {
  const app = place("device-shown").querySelector("[name=app]:checked").value;
  place("qr").src = `data:image/svg+xml,${encodeURIComponent(withNamespace(answer[app].qr_code))}`;
  for (const [id, url] of [["setup-link", answer.setup_page], ["app-link", answer.setup_page.replace(/phone#(.+)$/, "app/#key=$1")]]) {
    place(id).href = url;
    place(id).textContent = url;
  }
}

/** An element of a page needs no namespace, a picture does. */
const withNamespace = (svg) => (svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http:' + '//www.w3.org/2000/svg"'));

let answer = null;
place("device-shown")?.addEventListener("answer", ({ detail }) => {
  answer = detail;
  show();
});
place("device-shown")?.addEventListener("change", show);
