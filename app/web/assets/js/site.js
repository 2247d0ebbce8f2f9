// On every page: the way to an offline page, and news in the browser for whoever asks for it.
const { serviceWorker } = navigator;

if (serviceWorker) {
  const lang = document.documentElement.lang;
  addEventListener("load", () => serviceWorker.register(`/sw.js?lang=${lang}`).catch(() => {}));
}

const ask = document.querySelector("[data-push]");

if (ask && serviceWorker && "PushManager" in window) {
  const form = ask.closest("form");
  ask.closest("section").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { pushManager } = await serviceWorker.ready;
      const wish = { userVisibleOnly: true, applicationServerKey: ask.dataset.push };
      const { endpoint, keys } = (await pushManager.subscribe(wish)).toJSON();
      Object.entries({ endpoint, ...keys }).forEach(([name, value]) => {
        form.elements[name].value = value;
      });
      form.submit();
    } catch {
      document.querySelector("[data-push-refused]").hidden = false;
    }
  });
}
