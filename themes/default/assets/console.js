// Comforts of the admin console. Every page works without them.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);

  one("[data-focus]")?.focus();
})();
