// Keeps static files and one offline page, nothing else: a shared phone holds no private page.
const lang = new URL(location).searchParams.get("lang");
const offline = `/${lang}/offline`;
const cacheName = `${VERSION}-${lang}`;

addEventListener("install", (event) => {
  // As a stranger would see it.
  const page = new Request(offline, { credentials: "omit", cache: "reload" });
  skipWaiting();
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([page, ...FILES])));
});

addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.map((name) => name === cacheName || caches.delete(name)))),
  ),
);

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin === location.origin && pathname.startsWith("/static/"))
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  else if (request.mode === "navigate" && request.method === "GET")
    event.respondWith(fetch(request).catch(() => caches.match(offline)));
});

addEventListener("push", (event) => {
  const { url, ...words } = event.data.json();
  event.waitUntil(registration.showNotification("Solidare", { ...words, tag: "news", data: url }));
});

addEventListener("notificationclick", ({ notification }) => {
  notification.close();
  clients.openWindow(notification.data);
});
