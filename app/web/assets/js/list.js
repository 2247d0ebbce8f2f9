// Lists of posts: filters swap the results, and the next page comes below the last one.
// `htmx` stands before these lines: the build puts it there.

// Locked: no code from answers, nothing kept of pages, nobody else asked, no style of its own.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  includeIndicatorStyles: false,
  scrollIntoViewOnBoost: false,
  withCredentials: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..|422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});
Object.freeze(htmx.config);

// Whoever asked for more reads on where it begins.
document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  if (requestConfig && requestConfig.headers["HX-Target"] === "more") {
    const lists = document.querySelectorAll("#results .cards");
    const first = lists[lists.length - 1].querySelector("a");
    if (first) first.focus();
  }
});

// Without an answer the browser goes there itself, and says what is wrong.
["htmx:sendError", "htmx:responseError"].forEach((name) =>
  document.addEventListener(name, ({ detail }) => {
    location.href = detail.pathInfo.finalRequestPath;
  }),
);
