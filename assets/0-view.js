/* Clientside callbacks of callbacks/view.py. A plain script, because Dash looks its functions up before modules run. */
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  view: {
    /** Next theme: toggled on a click; on loading the one asked for in the address, else the one kept, else night. */
    theme(clicks, kept) {
      const asked = new URLSearchParams(location.search).get("theme");
      const now = asked === "day" || asked === "night" ? asked : kept === "day" ? "day" : "night";
      const next = !clicks ? now : document.documentElement.dataset.theme === "day" ? "night" : "day";
      document.documentElement.dataset.theme = next;
      window.dispatchEvent(new CustomEvent("wall:theme", { detail: next }));
      return next;
    },
  },
});
