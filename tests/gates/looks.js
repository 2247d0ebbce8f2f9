// What a rendered page is like: read in the page by tests/gates/looks.py, each part by its name.
() => {
  const shown = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && one.checkVisibility({ visibilityProperty: true });
  };
  const said = (one) => {
    const words = (one.innerText || one.value || one.getAttribute("aria-label") || one.name || "").trim();
    return `${one.tagName.toLowerCase()} "${words.slice(0, 40)}"`;
  };
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const controls = () => [...document.querySelectorAll(CONTROLS)].filter(
    (one) => shown(one) && !one.disabled && !one.matches(".skip, .hidden-text") && !one.closest("svg")
  );
  const inFlow = (one) => getComputedStyle(one).display === "inline" && [...one.parentElement.childNodes].some(
    (near) => near !== one && near.nodeType === 3 && near.textContent.trim().length > 1
  );
  // A link that covers its whole card, and a small box with its whole row, are as large as these.
  const target = (one) => {
    if (one.matches("[type=radio], [type=checkbox]")) {
      const label = one.closest("label") || document.querySelector(`label[for="${CSS.escape(one.id)}"]`);
      if (label) return label.getBoundingClientRect();
    }
    const cover = getComputedStyle(one, "::after");
    if (cover.content !== "none" && cover.position === "absolute") {
      let around = one.parentElement;
      while (around && getComputedStyle(around).position === "static") around = around.parentElement;
      if (around) return around.getBoundingClientRect();
    }
    return one.getBoundingClientRect();
  };
  const MAIN = ".button, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main select, main textarea, .sections a, .tile a, .card a, .choice label";
  return {
    overflow() {
      const root = document.documentElement;
      const wide = root.scrollWidth - root.clientWidth;
      if (wide <= 0) return [];
      const out = [...document.querySelectorAll("body *")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.right > root.clientWidth + 1 || box.left < -1;
      });
      return [`${wide} px too wide: ${out.slice(-2).map(said).join(", ")}`];
    },
    heads() {
      const heads = document.querySelectorAll("h1").length;
      const bare = document.title.replace(/[\s–]*Solidare\s*$/, "").trim();
      return [...(heads === 1 ? [] : [`${heads} main headings`]), ...(bare ? [] : ["no title"])];
    },
    cut() {
      return [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
        const style = getComputedStyle(one);
        const hides = ["hidden", "clip"].includes(style.overflowX) && !one.matches(".hidden-text, .hidden-text *, .skip, input, select, textarea, svg, svg *, [class*=map] *");
        return hides && shown(one) && one.clientWidth > 4 && one.scrollWidth > one.clientWidth + 1;
      }).map((one) => `${said(one)} is cut off`);
    },
    targets() {
      const small = [];
      const all = controls().map((one) => [one, target(one)]);
      // WCAG 2.5.8: a smaller one counts as large where a circle of 24 px on it meets no other.
      const alone = (one, box) => all.every(([near, there]) => {
        if (near === one || near.contains(one) || one.contains(near)) return true;
        const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        const dx = Math.max(there.left - x, 0, x - there.right), dy = Math.max(there.top - y, 0, y - there.bottom);
        return dx * dx + dy * dy >= 144;
      });
      for (const [one, box] of all) {
        if (inFlow(one)) continue;
        if ((box.width < 24 || box.height < 23.5) && !alone(one, box)) small.push(`${said(one)} is ${Math.round(box.width)} x ${Math.round(box.height)} px`);
        else if (one.matches(MAIN) && box.height < 43.5) small.push(`${said(one)} is only ${Math.round(box.height)} px high`);
      }
      return small;
    },
    stops() {
      const all = controls().filter((one) => one.tabIndex >= 0);
      const first = all.findIndex((one) => one.closest("main"));
      return first === -1 ? [] : first + 2 > 10 ? [`the first act takes ${first + 2} tab stops`] : [];
    },
    // Focus each control as a keyboard does, and look for the ring.
    focus() {
      const bare = [];
      for (const one of controls()) {
        if (one.tabIndex < 0) continue;
        one.focus();
        const ringed = (at) => at && getComputedStyle(at).outlineStyle !== "none" && parseFloat(getComputedStyle(at).outlineWidth) >= 2;
        const label = one.closest("label") || (one.id && document.querySelector(`label[for="${CSS.escape(one.id)}"]`));
        if (document.activeElement !== one) bare.push(`${said(one)} takes no focus`);
        else if (![one, label, one.parentElement].some(ringed)) bare.push(`${said(one)} shows no focus`);
      }
      return bare;
    },
    // Forced colours drop every ground, so a control needs an edge or an underline of its own.
    edges() {
      return controls().filter((one) => {
        if (one.matches("[type=radio], [type=checkbox], summary, [type=file]")) return false;
        const style = getComputedStyle(one);
        const line = ["Top", "Bottom"].some((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none");
        const under = style.textDecorationLine.includes("underline") || [...one.querySelectorAll("*")].some((in_) => getComputedStyle(in_).textDecorationLine.includes("underline"));
        return !line && !under && !one.matches("header a, nav a");
      }).map((one) => `${said(one)} has no edge in forced colours`);
    },
    words() {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const own = document.documentElement.lang;
      let words = "";
      while (walk.nextNode()) {
        const at = walk.currentNode.parentElement;
        if (!at || at.closest("script, style, noscript, svg, bdi, [translate=no], [hidden]")) continue;
        const spoken = at.closest("[lang]");
        if (spoken && spoken.lang !== own) continue;
        words += ` ${walk.currentNode.textContent}`;
      }
      return { lang: own, dir: document.documentElement.dir, words };
    },
    // In the pseudo-locale all our words stand between marks; what stands outside was never asked for.
    unmarked() {
      const loose = [];
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let depth = 0;
      while (walk.nextNode()) {
        const at = walk.currentNode.parentElement;
        if (!at || at.closest("script, style, noscript")) continue;
        const free = at.closest("bdi, [translate=no], code, time, .digest, .number, .person-words, html > body [lang]");
        let outside = "";
        for (const letter of walk.currentNode.textContent) {
          if (letter === "⟦") depth += 1;
          else if (letter === "⟧") depth -= 1;
          else if (depth <= 0) outside += letter;
        }
        if (!free && /\p{L}{2,}/u.test(outside)) loose.push(outside.trim().slice(0, 60));
      }
      for (const one of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]")) {
        for (const name of ["aria-label", "title", "alt", "placeholder"]) {
          const value = one.getAttribute(name);
          if (value && /\p{L}{2,}/u.test(value) && !value.includes("⟦") && !one.closest("[translate=no]")) loose.push(`${name}: ${value.slice(0, 60)}`);
        }
      }
      if (!document.title.includes("⟦")) loose.push(`title: ${document.title}`);
      return [...new Set(loose)];
    },
  };
}
