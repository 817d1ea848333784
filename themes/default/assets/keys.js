// Security keys and passkeys on our pages, and small comforts. Everything else is a plain form.
// Reads data attributes, posts for options, fills hidden inputs and submits: every outcome is a page.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // base64url, for browsers that cannot read and write options themselves
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
  const text = (buffer) =>
    buffer == null
      ? undefined
      : btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readCreate = (options) => {
    if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
      return PublicKeyCredential.parseCreationOptionsFromJSON(options);
    }
    return {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials ?? []).map((c) => ({ ...c, id: bytes(c.id) })),
    };
  };
  const readGet = (options) => {
    if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
      return PublicKeyCredential.parseRequestOptionsFromJSON(options);
    }
    return {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: (options.allowCredentials ?? []).map((c) => ({ ...c, id: bytes(c.id) })),
    };
  };
  const write = (credential) => {
    try {
      return credential.toJSON();
    } catch {
      // Some password managers put credentials of their own there, without a working toJSON.
    }
    const from = credential.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = text(from.attestationObject);
      response.transports = from.getTransports?.() ?? [];
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      response.userHandle = text(from.userHandle);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  // Ceremonies
  const failure = (name) => Object.assign(new Error(name), { name });

  async function options(form, extra, signal) {
    const body = { step: one("[name=step]", form)?.value, ...extra };
    let answer;
    try {
      answer = await fetch(form.dataset.options, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        credentials: "same-origin",
        signal,
      });
    } catch (error) {
      throw error.name === "AbortError" ? error : failure("NetworkError");
    }
    if (!answer.ok) throw failure("OptionsError");
    const json = await answer.json();
    return json.publicKey ?? json;
  }

  function finish(form, credential, error) {
    one("[name=credential]", form).value = credential ? JSON.stringify(write(credential)) : "";
    one("[name=failure]", form).value = error ? error.name || "UnknownError" : "";
    form.submit();
  }

  // The offer in the user name field's autofill. A ceremony with a window of its own ends it.
  let offer = null;

  async function offerAutofill(form) {
    const able = await window.PublicKeyCredential?.isConditionalMediationAvailable?.();
    if (!able) return;
    for (;;) {
      const abort = new AbortController();
      offer = abort;
      let timer;
      try {
        const publicKey = await options(form, { conditional: true }, abort.signal);
        // The challenge lives as long as the options say: ask for another shortly before it dies.
        const life = publicKey.timeout ?? 300000;
        timer = setTimeout(() => abort.abort("renew"), Math.max(life * 0.9 - 5000, 30000));
        const credential = await navigator.credentials.get({
          mediation: "conditional",
          publicKey: readGet(publicKey),
          signal: abort.signal,
        });
        if (credential) finish(form, credential);
        return;
      } catch {
        if (!(abort.signal.aborted && abort.signal.reason === "renew")) return;
      } finally {
        clearTimeout(timer);
      }
    }
  }

  for (const form of all("form[data-ceremony]")) {
    const status = one("[data-status]", form);
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      form.setAttribute("aria-busy", "true");
      if (status) status.textContent = status.dataset.status;
      offer?.abort("window");
      try {
        if (!navigator.credentials || !window.PublicKeyCredential) throw failure("NotSupportedError");
        const name = one("[name=username]", form);
        const extra = {};
        if (name) {
          name.value = one("#username")?.value.trim() ?? "";
          extra.username = name.value;
        }
        const publicKey = await options(form, extra);
        const credential =
          form.dataset.ceremony === "create"
            ? await navigator.credentials.create({ publicKey: readCreate(publicKey) })
            : await navigator.credentials.get({ publicKey: readGet(publicKey) });
        if (!credential) throw failure("NotAllowedError");
        finish(form, credential);
      } catch (error) {
        finish(form, null, error);
      }
    });
    if (form.hasAttribute("data-autofill")) offerAutofill(form);
    // Back from the browser's cache: the page is as it was, the ceremony is not.
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      busy = false;
      form.removeAttribute("aria-busy");
      if (status) status.textContent = "";
    });
  }

  // What the browser's passkey store should know
  for (const script of all("script[data-signal]")) {
    for (const [what, about] of Object.entries(JSON.parse(script.textContent))) {
      const name = "signal" + what[0].toUpperCase() + what.slice(1);
      Promise.resolve(window.PublicKeyCredential?.[name]?.(about)).catch(() => {});
    }
  }

  // Show and hide a password; it is always hidden when it is sent
  for (const button of all("[data-shows]")) {
    const input = document.getElementById(button.dataset.shows);
    const words = [
      [button.textContent, button.getAttribute("aria-label")],
      [button.dataset.hide, button.dataset.hideName],
    ];
    const show = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = words[+shown][0];
      button.setAttribute("aria-label", words[+shown][1]);
    };
    button.hidden = false;
    button.parentElement.classList.add("shows");
    button.addEventListener("click", () => show(input.type === "password"));
    input.form.addEventListener("submit", () => show(false));
  }

  // What a choice ticks beside it
  for (const choice of all("[data-ticks]")) {
    choice.addEventListener("change", () => {
      document.getElementById(choice.dataset.ticks).checked = true;
    });
  }

  // Characters left
  for (const input of all("[data-counts]")) {
    const left = one("[data-left]", input.parentElement);
    const count = () => {
      left.textContent = `${left.dataset.left} ${input.dataset.counts - [...input.value].length}`;
    };
    input.addEventListener("input", count);
    count();
  }

  one("[data-focus]")?.focus();

  // A form that only carries an answer on
  one("form[data-submit]")?.submit();
})();
