// Comforts of the admin console: results while typing, and the time that a pass still counts.
// Every page works without them.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Who is found, while somebody types
  for (const form of all("form[data-search]")) {
    const panel = form.parentElement;
    const input = one("[name=search]", form);
    const results = one("[data-results]", panel);
    const status = one("[data-found]", panel);
    let timer;
    let asked = null;
    let shown = input.value.trim();

    const look = async () => {
      const typed = input.value.trim();
      if (typed === shown) return;
      asked?.abort();
      asked = new AbortController();
      const address = new URL(form.dataset.search, location.href);
      for (const [name, value] of new FormData(form)) address.searchParams.set(name, value);
      try {
        const answer = await fetch(address, {
          credentials: "same-origin",
          redirect: "error",
          signal: asked.signal,
        });
        if (!answer.ok) throw new Error(answer.status);
        const found = new DOMParser().parseFromString(await answer.text(), "text/html");
        results.replaceChildren(...found.body.childNodes);
        status.textContent = one(".count", results)?.textContent ?? "";
        shown = typed;
      } catch (error) {
        // The button still works, and says what is the matter.
        if (error.name !== "AbortError") status.textContent = status.dataset.failed;
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, 150);
    });

    // From the field to what is found and back, by the arrow keys
    panel.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const places = [input, ...all("a", results)];
      const at = places.indexOf(document.activeElement);
      if (!step || at < 0 || !places[at + step]) return;
      event.preventDefault();
      places[at + step].focus();
    });
  }

  // How long a pass still counts: as a figure and a bar each second, in words each minute
  for (const figure of all("[data-left]")) {
    const bar = one("progress");
    const spoken = one("[data-announces]");
    const ends = performance.now() + figure.dataset.left * 1000;
    let told = Math.ceil(figure.dataset.left / 60);
    const show = () => {
      const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      figure.textContent = left
        ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
        : figure.dataset.over;
      bar.value = left;
      const minutes = Math.ceil(left / 60);
      if (minutes !== told) {
        told = minutes;
        spoken.textContent = minutes ? `${minutes} ${figure.dataset.minutes}` : figure.dataset.over;
      }
      if (!left) clearInterval(timer);
    };
    figure.hidden = false;
    bar.hidden = false;
    const timer = setInterval(show, 1000);
    show();
  }

  // What goes on behind the page is renewed until it is over, and said aloud where that changes
  for (const region of all("[data-live]")) {
    const spoken = one("[data-told]");
    let failed = 0;
    const renew = async () => {
      try {
        const from = region.dataset.from ?? location.href;
        const answer = await fetch(from, { credentials: "same-origin", redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.getElementById(region.id);
        // Nothing is taken from under somebody's hands.
        if (!region.contains(document.activeElement)) region.replaceChildren(...next.childNodes);
        if (!("counts" in next.dataset)) all("[data-while-counts]").forEach((it) => (it.hidden = true));
        if (next.dataset.say !== region.dataset.say) {
          spoken.textContent = region.dataset.say = next.dataset.say;
        }
        failed = 0;
        if (!next.dataset.live) return;
      } catch {
        if (++failed === 5) return;
      }
      setTimeout(renew, region.dataset.live);
    };
    setTimeout(renew, region.dataset.live);
  }

  // One tick for all of them
  for (const every of all("[data-ticks]")) {
    const ticks = all(`[name="${every.dataset.ticks}"]`);
    every.addEventListener("change", () => ticks.forEach((tick) => (tick.checked = every.checked)));
    for (const tick of ticks) {
      tick.addEventListener("change", () => (every.checked = ticks.every((it) => it.checked)));
    }
  }

  // A file that is too large is said to be so before it is sent
  for (const input of all("[data-largest]")) {
    input.addEventListener("change", () => {
      const large = input.files[0]?.size > Number(input.dataset.largest);
      input.setCustomValidity(large ? input.dataset.tooLarge : "");
    });
  }

  one("[data-focus]")?.focus();
})();
