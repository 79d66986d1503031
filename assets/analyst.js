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
      const tell = () => window.dash_clientside.set_props("url", { data: location.search });
      window.addEventListener("popstate", tell);
      document.addEventListener("click", (event) => {
        const link = event.target instanceof Element ? event.target.closest("a[href^='/analyst']") : null;
        if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        const { pathname, search, hash } = new URL(link.href);
        if (search !== location.search) history.pushState(null, "", pathname + search);
        tell();
        if (hash) document.querySelector(hash)?.scrollIntoView();
      });
      return [unit || 1, location.search];
    },

    /** The address that a click in a chart, or an order of rows, leads to. */
    go(query) {
      if (query === location.search || (query === "?" && !location.search)) return window.dash_clientside.no_update;
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
      const same = window.analystRows === about;
      window.analystRows = about;
      void window.dash_ag_grid.getApiAsync("rows").then((/** @type {any} */ api) => {
        const now = api.getColumnState().find((/** @type {any} */ column) => column.sort);
        const said = now ? (now.sort === "desc" ? "-" : "") + now.colId : "";
        if (said !== sort) {
          const state = sort ? [{ colId: sort.replace("-", ""), sort: sort.startsWith("-") ? "desc" : "asc" }] : [];
          api.applyColumnState({ state, defaultState: { sort: null } });
        }
        if (first || !same) api.purgeInfiniteCache();
      });
      return window.dash_clientside.no_update;
    },

    /** A chart's picture into the clipboard, or into a file where the browser refuses that; says which. */
    async copy(clicks) {
      if (!clicks) return window.dash_clientside.no_update;
      const key = window.dash_clientside.callback_context.triggered_id.copy;
      const panel = document.getElementById(`panel-${key}`);
      const plot = panel?.querySelector(".js-plotly-plot");
      if (!plot) return window.dash_clientside.no_update;
      const { width, height } = plot.getBoundingClientRect();
      const url = await window.Plotly.toImage(plot, { format: "png", width, height, scale: 2 });
      const bytes = Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0));
      const blob = new Blob([bytes], { type: "image/png" });
      const chinese = document.documentElement.lang.startsWith("zh");
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        return chinese ? "已复制" : "Copied";
      } catch {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${key}.png`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
        return chinese ? "浏览器不允许复制，已存为文件" : "The browser refuses the clipboard: saved as a file";
      }
    },
  },
});
