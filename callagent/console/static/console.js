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

  // Listening in: PCM of 16 bits at 16 kHz behind the header of a WAV file, played a moment after it came.
  const HEADER = 44, RATE = 16000, AHEAD_S = 0.25, LONGEST_AHEAD_S = 1;
  const ear = (form) => {
    const button = form.querySelector("button"), volume = form.querySelector("input[type=range]"), meter = form.querySelector("meter");
    let stop = null;
    const say = (text) => { $("listen-answer").textContent = text; };
    const show = (on) => {
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "■ Stop listening" : "♪ Listen in";
      volume.disabled = !on;
      if (!on) meter.value = 0;
    };
    const play = async (body, context, gain) => {
      const reader = body.getReader();
      let rest = new Uint8Array(0), skip = HEADER, at = 0;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        let bytes = new Uint8Array(rest.length + value.length);
        bytes.set(rest);
        bytes.set(value, rest.length);
        const skipped = Math.min(skip, bytes.length);
        skip -= skipped;
        bytes = bytes.slice(skipped);
        const count = bytes.length >> 1;
        rest = bytes.slice(count * 2);
        if (!count) continue;
        const view = new DataView(bytes.buffer), buffer = context.createBuffer(1, count, RATE), samples = buffer.getChannelData(0);
        let peak = 0;
        for (let index = 0; index < count; index += 1) {
          samples[index] = view.getInt16(index * 2, true) / 32768;
          peak = Math.max(peak, Math.abs(samples[index]));
        }
        meter.value = peak;
        form.dataset.heard = String(Math.max(Number(form.dataset.heard ?? 0), peak));
        const now = context.currentTime;
        if (at < now || at > now + LONGEST_AHEAD_S) at = now + AHEAD_S;
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(gain);
        source.start(at);
        at += buffer.duration;
      }
    };
    const begin = async () => {
      const leaving = new AbortController(), context = new AudioContext(), gain = context.createGain();
      gain.gain.value = volume.value / 100;
      gain.connect(context.destination);
      volume.oninput = () => { gain.gain.value = volume.value / 100; };
      stop = () => leaving.abort();
      show(true);
      say("asking the call…");
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: leaving.signal });
        if (!answer.ok) {
          const text = await answer.text();
          say(text.startsWith("<") ? `not heard: the console answers ${answer.status}` : text);
        } else {
          say("you hear both sides");
          await play(answer.body, context, gain);
          say("the call is over");
        }
      } catch {
        say(leaving.signal.aborted ? "you do not listen any more" : "the connection was lost");
      } finally {
        stop = null;
        show(false);
        context.close();
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (stop) stop();
      else begin();
    });
  };

  // Taking over: the microphone as PCM of 16 bits at 16 kHz, a tenth of a second and what has come meanwhile in each request.
  const PIECE = 1600, MOST_SAMPLES = 16000;
  const takeOver = (button) => {
    const token = button.form.elements.form_token.value, answer = $("take-over-answer"), level = $("level");
    let stop = null;
    const say = (state, text) => { answer.dataset.state = state; answer.textContent = text; };
    const post = (path, body, headers = {}) => fetch(path, { method: "POST", body, headers });
    const form = () => new URLSearchParams({ form_token: token });
    const show = (on) => {
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "Hand back to the agent" : "Take over";
      if (!on) level.value = 0;
    };
    const pcm = (blocks) => {
      const samples = new Int16Array(blocks.reduce((sum, each) => sum + each.length, 0));
      let at = 0, peak = 0;
      for (const block of blocks) for (const value of block) {
        samples[at] = Math.max(-1, Math.min(1, value)) * 32767;
        peak = Math.max(peak, Math.abs(value));
        at += 1;
      }
      level.value = peak;
      return samples.slice(-MOST_SAMPLES);
    };
    const begin = async () => {
      let media, context, session = "", over = false, blocks = [], waiting = 0, wake = () => {};
      stop = () => { over = true; wake(); };
      show(true);
      say("begun", "asking for the microphone…");
      try {
        media = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
        context = new AudioContext({ sampleRate: RATE });
        await context.audioWorklet.addModule("/static/microphone.js");
        const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
        node.port.onmessage = ({ data }) => { if (session) { blocks.push(data); waiting += data.length; if (waiting >= PIECE) wake(); } };
        context.createMediaStreamSource(media).connect(node);
        say("begun", "asking the call…");
        const begun = await post(button.dataset.call, form());
        if (!begun.ok) throw new Error((await begun.text()).slice(0, 200));
        ({ session } = await begun.json());
        say("done", "the caller hears you; the agent is silent");
        while (!over) {
          if (waiting < PIECE) { await new Promise((resolve) => { wake = resolve; }); continue; }
          const piece = pcm(blocks);
          blocks = [];
          waiting = 0;
          const taken = await post(`/microphones/${session}`, piece, { "X-Form-Token": token });
          if (!taken.ok) throw new Error(taken.status === 410 ? "the agent has the call again" : `the console answers ${taken.status}`);
        }
        say("done", "the agent has the call");
      } catch (error) {
        say("failed", error.message || "no microphone");
      } finally {
        stop = null;
        show(false);
        if (session) post(`/microphones/${session}/hand-back`, form()).catch(() => {});
        for (const track of media?.getTracks() ?? []) track.stop();
        context?.close();
      }
    };
    button.addEventListener("click", () => { if (stop) stop(); else begin(); });
    addEventListener("pagehide", () => stop?.());
  };

  const cards = $("cards"), entries = document.querySelector("#entries[data-stream]");
  if (cards) allCalls(cards);
  if (entries) oneCall(entries);
  if ($("orders")) orders($("orders"));
  if ($("take-over")) takeOver($("take-over"));
  if ($("listen")) ear($("listen"));
  if (cards || entries) setInterval(tick, 500);

  // "/" goes to the search, as everywhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const field = document.querySelector("form[role=search] input");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  });
})();
