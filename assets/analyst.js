/* Clientside callbacks of callbacks/analyst. A plain script, because Dash looks its functions up before modules run. */
/* A map of our own regions needs no coastlines: Plotly would fetch them. */
window.PlotlyGeoAssets = {
  topojson: {
    world_110m: {
      type: "Topology",
      arcs: [],
      objects: Object.fromEntries(
        ["coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"].map((name) => [
          name,
          { type: "GeometryCollection", geometries: [] },
        ]),
      ),
    },
  },
};

{
  const same = () => window.dash_clientside.no_update;
  const put = (/** @type {any} */ id, /** @type {object} */ props) => window.dash_clientside.set_props(id, props);

  /** What a callback tells of a place's content becomes elements here (layouts/analyst/told.py); what is the same stays. */
  const paint = (/** @type {HTMLElement} */ teller) => {
    const { show, ...places } = JSON.parse(teller.dataset.told || "{}");
    if (show) document.getElementById("charts").className = `charts show-${show[0]}`;
    for (const [id, told] of Object.entries(places)) fill(document.getElementById(id), told);
  };

  function fill(/** @type {Element} */ place, /** @type {any[]} */ told) {
    told.forEach((one, at) => {
      const here = place.childNodes[at];
      const node = typeof one === "string" ? texted(here, one) : element(here, one);
      if (!here) place.append(node);
      else if (node !== here) here.replaceWith(node);
    });
    while (place.childNodes.length > told.length) place.lastChild.remove();
  }

  function texted(/** @type {any} */ here, /** @type {string} */ text) {
    if (here?.nodeType !== Node.TEXT_NODE) return document.createTextNode(text);
    if (here.data !== text) here.data = text;
    return here;
  }

  function element(/** @type {any} */ here, /** @type {[string, Record<string, string>, ...any]} */ [tag, attributes, ...inner]) {
    const node = here?.localName === tag ? here : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    for (const { name } of [...node.attributes]) if (!(name in attributes) && name !== "open") node.removeAttribute(name);
    fill(node, inner);
    return node;
  }

  /** Day or night: what the address asks for, else what was chosen here last; `other`: the other one from now on. */
  function theme(other = false) {
    const asked = new URLSearchParams(location.search).get("theme");
    const now = other ? document.documentElement.dataset.theme : asked ?? localStorage.getItem("analyst.theme");
    const next = (now === "night") !== other ? "night" : "day";
    if (other) localStorage.setItem("analyst.theme", next);
    document.documentElement.dataset.theme = next;
    return next;
  }

  const tell = () => put("url", { data: location.search });

  /** To another state, if it is another. */
  function goTo(/** @type {string} */ search) {
    if (search !== location.search) history.pushState(null, "", location.pathname + search);
    tell();
  }

  /** Links to other states change the address and nothing else; buttons that were told do what their hook says. */
  function pressed(/** @type {MouseEvent} */ event) {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("button");
    if (button?.id === "dark") put("theme", { data: theme(true) });
    if (button?.dataset.copy) void copy(button);
    if (button?.dataset.pin) void pin(button);
    if (button?.dataset.cancel) put("cancel", { data: [button.dataset.cancel, performance.now()] });
    if (button?.dataset.drop) put("view-drop", { data: button.dataset.drop });
    if (button && "close" in button.dataset) window.dash_ag_grid.getApi("rows").deselectAll();
    const link = /** @type {HTMLAnchorElement|null} */ (target?.closest("a[href^='/analyst']"));
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { search, hash } = new URL(link.href);
    goTo(search);
    if (hash) document.querySelector(hash)?.scrollIntoView();
  }

  /** What a button has done, in its own place for a moment. */
  function answer(/** @type {HTMLButtonElement} */ button, /** @type {string|undefined} */ said) {
    const name = button.dataset.name ?? button.textContent;
    button.dataset.name = name;
    button.textContent = said ?? "";
    setTimeout(() => { button.textContent = name; }, 4000);
  }

  /** A command to the wall: the chart hangs there as soon as it is on the log. */
  async function pin(/** @type {HTMLButtonElement} */ button) {
    const { pin: query, title, pinBy } = button.dataset;
    const said = { command: "pin", query, title, by: localStorage.getItem("wall.seat") || pinBy };
    try {
      const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) };
      const taken = await fetch("/api/commands", request);
      const key = taken.ok ? "done" : (await taken.json()).error?.key;
      answer(button, button.dataset[`pin${{ done: "Done", full: "Full", hangs: "Hangs" }[key] ?? "Failed"}`]);
    } catch {
      answer(button, button.dataset.pinFailed);
    }
  }

  /** A chart's picture into the clipboard, or into a file where the browser refuses that; the button says which. */
  async function copy(/** @type {HTMLButtonElement} */ button) {
    const plot = document.querySelector(`#panel-${button.dataset.copy} .js-plotly-plot`);
    if (!plot) return;
    const { width, height } = plot.getBoundingClientRect();
    const url = await window.Plotly.toImage(plot, { format: "png", width, height, scale: 2 });
    const blob = new Blob([Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0))], { type: "image/png" });
    let done = button.dataset.done;
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    } catch {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${button.dataset.copy}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      done = button.dataset.saved;
    }
    answer(button, done);
  }

window.dash_clientside = Object.assign({}, window.dash_clientside, {
  analyst: {
    /**
     * The page's unit in pixels, which figures are drawn by, and the query it begins with. From now on links to other
     * states change the address and the query, and so does the browser's Back. Dash's own Location and Link would not do:
     * two links clicked in quick succession make them set the address against each other for ever.
     */
    begin() {
      const rule = document.createElement("i");
      rule.style.cssText = "position:absolute;width:calc(100*var(--u))";
      document.body.append(rule);
      const unit = rule.getBoundingClientRect().width / 100;
      rule.remove();
      window.addEventListener("popstate", tell);
      document.addEventListener("click", pressed);
      document.querySelectorAll("[data-told]").forEach((teller) => paint(/** @type {HTMLElement} */ (teller)));
      new MutationObserver((news) => new Set(news.map(({ target }) => target)).forEach((teller) => paint(/** @type {HTMLElement} */ (teller))))
        .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-told"] });
      return [unit || 1, theme(), location.search];
    },

    /** The address that a click in a chart, or an order of rows, leads to. */
    go(query) {
      if (query === location.search || (query === "?" && !location.search)) return same();
      history.pushState(null, "", query === "?" ? location.pathname : query);
      return location.search;
    },

    /** The grid forgets its rows and asks for those of what is looked at now, in the order the address says. */
    renew(asked) {
      const query = new URLSearchParams(asked.search);
      const sort = query.get("sort") ?? "";
      for (const name of ["sort", "tab", "by", "grain", "against"]) query.delete(name);
      const about = `${asked.at} ${asked.again} ${query}`;
      const first = window.analystRows === undefined;
      const known = window.analystRows === about;
      window.analystRows = about;
      void window.dash_ag_grid.getApiAsync("rows").then((/** @type {any} */ api) => {
        const now = api.getColumnState().find((/** @type {any} */ column) => column.sort);
        const said = now ? (now.sort === "desc" ? "-" : "") + now.colId : "";
        if (said !== sort) {
          const state = sort ? [{ colId: sort.replace("-", ""), sort: sort.startsWith("-") ? "desc" : "asc" }] : [];
          api.applyColumnState({ state, defaultState: { sort: null } });
        }
        if (first || !known) api.purgeInfiniteCache();
      });
      return same();
    },

    /** What was clicked or selected in a chart, which can then be clicked again. */
    mark() {
      const { triggered, triggered_id: id } = window.dash_clientside.callback_context;
      const [{ prop_id, value } = { prop_id: "", value: null }] = triggered;
      if (!value?.points) return same();
      put(id, { [prop_id.split(".").pop()]: null });
      return { points: value.points.map((/** @type {any} */ { customdata, x, y, z }) => ({ customdata, x, y, ...(z === undefined ? {} : { z }) })) };
    },

    /** The address with a window of one's own. */
    dates(/** @type {string|null} */ first, /** @type {string|null} */ last) {
      const query = new URLSearchParams(location.search);
      const when = `${first?.slice(0, 10)}..${last?.slice(0, 10)}`;
      if (!first || !last || query.get("when") === when) return same();
      query.set("when", when);
      query.delete("span");
      return `?${query}`;
    },

    /** The address with the grid's order. */
    sorted(/** @type {{startRow?: number, sortModel?: {colId: string, sort: string}[]}|null} */ request) {
      const query = new URLSearchParams(location.search);
      const [by] = request?.sortModel ?? [];
      const sort = by ? (by.sort === "desc" ? "-" : "") + by.colId : "";
      if (!request || request.startRow || sort === (query.get("sort") ?? "")) return same();
      if (sort) query.set("sort", sort);
      else query.delete("sort");
      return `?${query}`;
    },
  },
});
}
