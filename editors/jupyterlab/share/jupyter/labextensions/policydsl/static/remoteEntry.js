// What JupyterLab loads of a prebuilt extension: a container with init() and get().
//
// Written by hand, so nothing has to be built. JupyterLab hands over the packages that it
// shares; get() gives the plugins, made from them by the modules beside this file.
(() => {
  const here = document.currentScript.src;
  let scope = null;

  const parts = (version) => version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);

  function later(one, other) {
    const [a, b] = [parts(one), parts(other)];
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
    }
    return false;
  }

  // The package as JupyterLab itself uses it: the version in use, else the latest; null if absent.
  async function shared(name) {
    const offered = scope?.[name];
    if (!offered) return null;
    const version = Object.keys(offered).reduce((best, next) => {
      const used = Boolean(offered[best].loaded);
      if (used !== Boolean(offered[next].loaded)) return used ? best : next;
      return later(next, best) ? next : best;
    });
    return (await offered[version].get())();
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.policydsl = {
    init(given) {
      scope = given;
    },
    async get(module) {
      if (module !== './extension') throw new Error(`policydsl has no module ${module}`);
      const { plugins } = await import(new URL('extension.js', here).href);
      const made = await plugins(shared);
      return () => ({ __esModule: true, default: made });
    }
  };
})();
