/* While the app opens, and where it does not: says so, with what can be done. It needs none of the app's other files, which
 * may be what is missing, nor what is kept, which may be what cannot be opened. */
(() => {
  const SLOW_MS = 8_000;
  const TEXTS = {
    en: {
      slow: "The app takes long to come. If the network is weak, go where it is better and try again.",
      missing: "The app did not come whole. Check the network and try again. Nothing is lost.",
      closed: "The app cannot open what it keeps on this phone. Close its other windows, then try again. Nothing is lost.",
      again: "Try again",
      call: "Call the office",
    },
    es: {
      slow: "La aplicación tarda en llegar. Si la red es débil, busque un lugar mejor e inténtelo otra vez.",
      missing: "La aplicación no llegó completa. Revise la red e inténtelo otra vez. No se pierde nada.",
      closed: "La aplicación no puede abrir lo que guarda en este teléfono. Cierre sus otras ventanas e inténtelo otra vez. No se pierde nada.",
      again: "Intentar otra vez",
      call: "Llamar a la oficina",
    },
    hi: {
      slow: "ऐप आने में देर लग रही है। नेटवर्क कमज़ोर हो तो अच्छी जगह जाएँ और फिर कोशिश करें।",
      missing: "ऐप पूरा नहीं आया। नेटवर्क देखें और फिर कोशिश करें। कुछ भी नहीं खोएगा।",
      closed: "ऐप इस फ़ोन पर रखी जानकारी नहीं खोल पा रहा है। इसकी दूसरी विंडो बंद करें, फिर कोशिश करें। कुछ भी नहीं खोएगा।",
      again: "फिर कोशिश करें",
      call: "कार्यालय को कॉल करें",
    },
    id: {
      slow: "Aplikasi lama datangnya. Jika jaringan lemah, cari tempat yang lebih baik lalu coba lagi.",
      missing: "Aplikasi tidak datang utuh. Periksa jaringan lalu coba lagi. Tidak ada yang hilang.",
      closed: "Aplikasi tidak bisa membuka yang disimpannya di ponsel ini. Tutup jendelanya yang lain, lalu coba lagi. Tidak ada yang hilang.",
      again: "Coba lagi",
      call: "Telepon kantor",
    },
  };

  function remembered(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // storage may be forbidden, and may be what is broken
    }
  }

  function textsOf() {
    const wanted = [remembered("roundsman-language"), ...navigator.languages].filter(Boolean).map((each) => each.slice(0, 2));
    const language = wanted.find((each) => each in TEXTS) ?? "en";
    document.documentElement.lang = language;
    return TEXTS[language];
  }

  function made(tag, members, ...children) {
    const element = Object.assign(document.createElement(tag), members);
    element.append(...children);
    return element;
  }

  /** Say why the app is not there, in place of what stands on the screen. */
  function say(why) {
    const texts = textsOf();
    const phone = remembered("roundsman-office");
    const words = made("p", { className: why === "slow" ? "banner" : "banner offline" }, texts[why]);
    words.setAttribute("role", why === "slow" ? "status" : "alert");
    words.dataset.testid = `opening-${why}`;
    const again = made("button", { className: "button main large", onclick: () => location.reload() }, texts.again);
    again.dataset.testid = "open-again";
    const place = document.querySelector("#app");
    place.className = "opening";
    place.replaceChildren(
      made("img", { src: "/static/mark.svg", alt: "", width: 56, height: 56 }),
      ...(why === "slow" ? [made("span", { className: "running" })] : []),
      words,
      again,
      ...(phone ? [made("a", { className: "button large", href: `tel:${phone}` }, texts.call)] : []),
    );
  }

  const isOpening = () => document.querySelector("#app")?.classList.contains("opening");

  // A file that does not come is told by the script that asked for it, one that fails by the window.
  addEventListener("error", ({ target }) => {
    if (isOpening() && (target === window || target.tagName === "SCRIPT")) say(target === window ? "closed" : "missing");
  }, true);
  setTimeout(() => isOpening() && !document.querySelector("#app .button") && say("slow"), SLOW_MS);
  globalThis.sayClosed = () => say("closed");
})();
