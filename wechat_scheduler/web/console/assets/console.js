"use strict";
// What the console adds where scripts run: questions before dangerous forms, copying, and sections that follow
// what happens. Every page works without it.
(() => {
  // The second press of a double click would post the form once more.
  const DOUBLE = 1000;
  let postedAt = new WeakMap();
  window.addEventListener("pageshow", () => { postedAt = new WeakMap(); });

  document.addEventListener("submit", (event) => {
    const form = event.target, question = event.submitter?.dataset.confirm || form.dataset.confirm;
    const isPost = form.getAttribute("method") === "post";
    if (isPost && performance.now() - postedAt.get(form) < DOUBLE) { event.preventDefault(); return; }
    if (question && !window.confirm(question)) { event.preventDefault(); return; }
    if (question && !form.elements.sure) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "1" }));
    if (isPost) postedAt.set(form, performance.now());
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
  });
  document.documentElement.classList.toggle("can-copy", Boolean(navigator.clipboard));

  // Back finds a form with a preview, or one that was refused, as it was written. The page that answers a form is not
  // stored by the browser, so its entry in the history keeps what is in the fields, and an address that can be opened.
  const previewed = document.getElementById("written"), posted = history.state?.action;
  const isOfIt = previewed && location.pathname.startsWith(new URL(previewed.action).pathname);
  const written = (isOfIt && previewed) || document.querySelector("form[data-posted]")
    || [...document.forms].find((one) => one.getAttribute("action") === posted) || previewed;
  const answer = document.querySelector("section[data-posted]");
  if (answer) history.replaceState(null, "", answer.dataset.posted);
  // A reload of what a form did, such as a new secret, shows it again. Back finds the page of the form: that one is left for good.
  const left = document.querySelector("main[data-left-for]");
  if (left && !written && !answer) window.addEventListener("pagehide", () => history.replaceState(null, "", left.dataset.leftFor));
  if (written) {
    // What a form showed at first tells what a person has changed. Secrets are not kept.
    const secret = "[type=password], [data-secret], [name=callback], [name=notify], [name=params]";
    const fields = [...written.querySelectorAll(`input:not([type=hidden], ${secret}), [name^=shown_], select, textarea`)];
    const keep = () => {
      const { page, posted } = written.dataset, isPreviewed = written === previewed;
      const place = new URL(isPreviewed ? page ?? written.action : posted ?? location.href, location.href);
      const said = place.pathname === location.pathname ? new URL(location.href).searchParams : new URLSearchParams();
      for (const name of ["outcome", "done", "done_count"]) if (said.has(name)) place.searchParams.set(name, said.get(name));
      for (const name of ["app", "again"]) if (written.elements[name]?.value) place.searchParams.set(name, written.elements[name].value);
      const action = isPreviewed ? "" : written.getAttribute("action");
      history.replaceState({ action, written: fields.map(({ name, value, checked }) => [name, value, Boolean(checked)]) }, "", place);
    };
    // Topics are made and removed meanwhile: a box is known by its value.
    const kept = history.state?.written ?? [];
    fields.forEach((field) => {
      const isBox = field.type === "checkbox";
      const [, value, checked] = kept.find(([name, value]) => name === field.name && (!isBox || value === field.value)) ?? [];
      if (value === undefined) return;
      if (isBox) field.checked = checked; else field.value = value;
      if (value !== field.defaultValue) field.closest("details")?.setAttribute("open", "");
    });
    keep();
    written.addEventListener("submit", keep);
    window.addEventListener("pagehide", keep);
  }

  const kinds = document.body.dataset.follows;
  if (!kinds || !window.EventSource) return;
  const QUIET = 300, PAUSE = 2000, RETRY = 10000, MINUTE = 60000, SECOND = 1000;
  // A daemon that restarts is back by then. A response that takes longer than PATIENCE does not come.
  const GRACE = 4000, PATIENCE = 20000;
  // The daemon sends a heartbeat every 15 seconds: a stream without one is lost, though no error says so.
  const SILENCE = 25000;
  let source = null, timer = 0, silenceTimer = 0, shownAt = 0, isAsking = false, isStale = false, isGone = false, lostAt = 0, lostTimer = 0;

  // A page that is not connected says since when: what it shows is as old.
  const said = document.getElementById("unconnected");
  const tellLost = () => {
    said.querySelector("time").textContent =
      new Date(lostAt).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
    said.hidden = false;
    document.body.classList.add("unconnected");
  };
  const lose = () => {
    if (isGone) return;
    lostAt ||= Date.now();
    lostTimer ||= setTimeout(tellLost, GRACE);
  };
  const find = () => {
    clearTimeout(lostTimer);
    lostAt = lostTimer = 0;
    said.hidden = true;
    document.body.classList.remove("unconnected");
    soon();
  };

  // The time left of a credential passes between two events, too.
  const ends = new WeakMap();
  const count = () => {
    for (const one of document.querySelectorAll("[data-left]")) {
      if (!ends.has(one)) ends.set(one, Date.now() + one.dataset.left * SECOND);
      const left = Math.round((ends.get(one) - Date.now()) / SECOND);
      if (left >= MINUTE / SECOND || one.dataset.shown === String(left)) continue;
      one.dataset.shown = left;
      const words = left > 0 ? one.dataset.seconds.replace("0", left) : one.dataset.over;
      const meter = one.querySelector("meter");
      meter.value = left > 0 ? meter.value : 0;
      meter.ariaLabel = words;
      one.querySelector(".bar").lastChild.textContent = ` ${words}`;
      if (left > 0) continue;
      one.removeAttribute("data-left");
      const state = one.closest("tr, section").querySelector(".badges .state.good");
      if (state) { state.className = "state bad"; state.textContent = words; }
      if (source) soon();
    }
  };

  // A section with what a person is writing or holding stays as it is.
  const isInUse = (section) =>
    section.contains(document.activeElement) && document.activeElement !== document.body
    || [...section.querySelectorAll("input, select, textarea")].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected)
      : field.type !== "hidden" && field.value !== field.defaultValue)
    || [...section.querySelectorAll("details[open]")].some((one) => one.querySelector("form"));

  // What a person has opened stays open.
  const keepOpen = (old, now) => {
    const opened = [...old.querySelectorAll("details")];
    [...now.querySelectorAll("details")].forEach((one, at) => { if (opened[at]) one.open = opened[at].open; });
  };

  const show = async () => {
    timer = 0;
    if (isAsking) { isStale = true; return; }
    isAsking = true;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (response.redirected) { location.assign(response.url); return; }
      if (response.status === 404) { leave(); return; }
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const now = fresh.getElementById(old.id);
        if (!now || isInUse(old)) continue;
        keepOpen(old, now);
        if (now.outerHTML !== old.outerHTML) old.replaceWith(now);
      }
      shownAt = Date.now();
    } catch { /* the daemon restarts, or the connection is lost in silence: a new stream tells */
      if (source?.readyState === EventSource.OPEN) { lose(); start(); }
    } finally {
      isAsking = false;
      if (isStale) { isStale = false; soon(); }
    }
  };
  const soon = () => {
    if (!timer) timer = setTimeout(show, Math.max(QUIET, shownAt + PAUSE - Date.now()));
  };
  const stop = () => { clearTimeout(silenceTimer); if (source) source.close(); source = null; };
  // What the page shows was deleted in another window: it says so, and asks for it no more.
  const leave = () => {
    isGone = true;
    stop();
    document.getElementById("gone").hidden = false;
    document.body.classList.add("unconnected");
  };
  const hear = () => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => { lose(); start(); }, SILENCE);
  };
  const start = () => {
    stop();
    if (isGone) return;
    if (document.hidden) { clearTimeout(lostTimer); lostTimer = 0; lostAt ||= Date.now(); return; }
    if (lostAt) lose();
    source = new EventSource("/console/live");
    hear();
    for (const kind of ["open", "heartbeat"]) source.addEventListener(kind, hear);
    // What happened between the page and its stream is in no event: "hello" begins each stream.
    for (const kind of [...kinds.split(" "), "hello", "resync"]) source.addEventListener(kind, soon);
    source.addEventListener("open", find);
    source.addEventListener("error", () => {
      lose();
      // A stream that is refused: the session has ended, or too many pages are open.
      if (!source || source.readyState !== EventSource.CLOSED) return;
      stop();
      soon();
      setTimeout(start, RETRY);
    });
  };
  // Not all that a page shows is told: an alert, or how long the daemon runs.
  setInterval(() => { if (source) soon(); }, MINUTE);
  setInterval(count, SECOND);
  count();
  // A page that is not looked at costs nothing.
  document.addEventListener("visibilitychange", () => { start(); if (source) soon(); });
  start();
})();
