"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };

  // Clocks run by the time of the server: that of the browser may be another one.
  let ahead = 0;
  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds)), two = (value) => String(value).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60, hours = Math.floor(whole / 3600);
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };
  const tick = () => {
    const now = Date.now() / 1000 - ahead;
    for (const each of document.querySelectorAll("[data-since]")) {
      const text = clock(now - Number(each.dataset.since));
      if (each.textContent !== text) each.textContent = text;
    }
  };

  const trouble = (message) => {
    const shown = $("trouble");
    shown.textContent = message ? `✕ ${message}` : "";
    shown.hidden = !message;
  };

  // Listens, says whether it does, and goes on when the connection was lost.
  const listen = (address, told) => {
    const source = new EventSource(address), stream = $("stream");
    const say = (state, text) => {
      if (stream.dataset.state === state) return;
      stream.dataset.state = state;
      stream.textContent = text;
    };
    say("wait", "connecting…");
    source.onopen = () => say("on", "live");
    source.onerror = () => say("lost", source.readyState === EventSource.CLOSED ? "not let in: load the page again" : "connection lost, trying again…");
    for (const [name, act] of Object.entries(told)) {
      source.addEventListener(name, (event) => act(JSON.parse(event.data)));
    }
    source.addEventListener("trouble", (event) => trouble(JSON.parse(event.data).message));
    source.addEventListener("now", (event) => { ahead = Date.now() / 1000 - JSON.parse(event.data).now; tick(); });
    return { end: (text) => { source.close(); say("over", text); } };
  };

  // All calls: a card each. What of a card has not changed stays, and with it what is selected or has the focus.
  const STAYS_MS = 20000;
  const allCalls = (cards) => {
    const known = new Map([...cards.children].map((card) => [card.dataset.id, card]));
    const count = () => {
      const going = [...known.values()].filter((card) => !card.classList.contains("over")).length;
      $("count").textContent = going;
      $("count-word").textContent = going === 1 ? "call" : "calls";
      $("none").hidden = known.size > 0;
    };
    const forget = (id) => {
      const card = known.get(id);
      if (!card || card.contains(document.activeElement)) return;
      known.delete(id);
      card.remove();
      count();
    };
    const update = (card, fresh) => {
      card.className = fresh.className;
      for (const part of fresh.querySelectorAll("[data-part]")) {
        const old = card.querySelector(`[data-part="${part.dataset.part}"]`);
        if (part.dataset.part === "clock") {
          if (part.dataset.since) old.dataset.since = part.dataset.since;
          else { delete old.dataset.since; old.textContent = part.textContent; }
        } else if (old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
      }
    };
    listen(cards.dataset.stream, {
      capacity: ({ html }) => { $("capacity").innerHTML = html; },
      calls: ({ ids }) => {
        const there = new Set(ids);
        for (const [id, card] of known) if (!there.has(id) && !card.classList.contains("over")) forget(id);
        count();
      },
      card: ({ id, ended, html }) => {
        const fresh = parsed(html), card = known.get(id);
        if (card) update(card, fresh);
        else { known.set(id, fresh); cards.prepend(fresh); }
        if (ended) setTimeout(() => forget(id), STAYS_MS);
        tick();
        count();
      },
    });
  };

  // One call: entries in order of time; a turn may come after what happened in it.
  const oneCall = (entries) => {
    const follow = $("follow");
    const place = (entry) => {
      const at = Number(entry.dataset.at);
      let after = entries.lastElementChild;
      while (after && Number(after.dataset.at) > at) after = after.previousElementSibling;
      if (after) after.after(entry);
      else entries.prepend(entry);
    };
    const stream = listen(entries.dataset.stream, {
      entry: ({ line, html }) => {
        if (entries.querySelector(`[data-line="${line}"]`)) return;
        $("nothing")?.remove();
        const entry = parsed(html);
        entry.classList.add("new");
        place(entry);
        if (follow.checked) entries.lastElementChild.scrollIntoView({ block: "nearest" });
      },
      status: ({ html }) => { $("status").innerHTML = html; tick(); },
      ended: ({ outcome }) => {
        for (const each of document.querySelectorAll("#orders button")) each.disabled = true;
        stream.end(`over${outcome ? `: ${outcome}` : ""} – load the page again for its figures`);
      },
    });
  };

  // Orders to a call: sent without leaving the page; what came of the last one stands below them.
  const orders = (section) => {
    const say = (state, text) => {
      const answer = $("order-answer");
      answer.dataset.state = state;
      answer.textContent = text;
    };
    const send = async (form, button) => {
      const fields = new URLSearchParams(new FormData(form));
      fields.set("act", button.value);
      const buttons = form.querySelectorAll("button");
      for (const each of buttons) each.disabled = true;
      say("begun", `${button.value}: sent…`);
      try {
        const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
        const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
        say(told ? told.state : "failed", `${button.value}: ${told ? told.message : `not done: the console answers ${answer.status}`}`);
        if (told && told.state !== "failed") for (const field of form.querySelectorAll("textarea, input[type=text]")) field.value = "";
      } catch {
        say("failed", `${button.value}: not done: the console does not answer`);
      } finally {
        for (const each of buttons) each.disabled = false;
        button.focus();
      }
    };
    section.addEventListener("submit", (event) => {
      event.preventDefault();
      send(event.target, event.submitter ?? event.target.querySelector("button"));
    });
  };

  const cards = $("cards"), entries = document.querySelector("#entries[data-stream]");
  if (cards) allCalls(cards);
  if (entries) oneCall(entries);
  if ($("orders")) orders($("orders"));
  if (cards || entries) setInterval(tick, 500);

  // "/" goes to the search, as everywhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const field = document.querySelector("form[role=search] input");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  });
})();
