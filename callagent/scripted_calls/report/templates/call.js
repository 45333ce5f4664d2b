"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tracks = $("tracks"), canvas = $("canvas"), cursor = $("cursor"), ruler = $("ruler");
  const sound = $("sound"), play = $("play"), seek = $("seek"), now = $("now");
  const seconds = Number(canvas.dataset.seconds);
  const pins = all(".pin"), lines = all(".conversation li[data-from]");
  const GAP = 8, NEAR = 100, COMFORT = 128, CLOSEST = 400;
  let pps = 0, position = 0, frame = 0;

  const clock = (time) => {
    const tenths = Math.round(time * 10);
    return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
  };
  const label = () => parseFloat(getComputedStyle(canvas).getPropertyValue("--label"));
  const fitting = () => Math.max(4, (tracks.clientWidth - label() - 20) / seconds);

  // The sizes of labels do not change with the zoom; reading them all before anything moves lays the page out once.
  const sizes = new Map();
  const measure = () => {
    all(".pack > *, .flow > *", canvas).forEach((each) => {
      if (!sizes.has(each) && each.offsetWidth) sizes.set(each, { width: each.offsetWidth, height: each.offsetHeight });
    });
  };
  const size = (each) => sizes.get(each) || { width: 0, height: 0 };

  // Gives each label of a lane the first row in which it covers no other; those for which there is no row are hidden.
  const pack = (lane) => {
    const labels = all(":scope > *", lane);
    const most = Number(lane.dataset.most || Infinity), rows = [];
    const wide = seconds * pps;
    const boxes = labels.map(size);
    const height = Math.max(0, ...boxes.map((box) => box.height)) + (lane.dataset.least ? 4 : 0);
    labels.forEach((each, index) => {
      const at = Number(each.dataset.at) * pps, width = boxes[index].width;
      const flip = at + width > wide && at - width >= 0 && each.classList.contains("pin");
      const left = flip ? at - width : Math.max(0, Math.min(at, wide - width));
      let row = rows.findIndex((end) => left >= end);
      if (row < 0) row = rows.length;
      each.classList.toggle("unfit", row >= most);
      each.classList.toggle("left", flip);
      if (row >= most) return;
      rows[row] = left + width + GAP;
      each.style.left = `${left}px`;
      each.style.top = `${row * height}px`;
    });
    lane.style.height = `${rows.length * height}px`;
  };

  // The words of a phrase come one after the other, each near its time; those that would end after the phrase move left.
  const flow = (phrase) => {
    const words = all(":scope > *", phrase), widths = words.map((each) => size(each).width);
    const start = Number(phrase.dataset.from) * pps, lefts = [];
    words.forEach((each, index) => {
      const free = index ? lefts[index - 1] + widths[index - 1] + 4 : start;
      lefts.push(Math.max(free, Number(each.dataset.at) * pps));
    });
    let end = Number(phrase.dataset.to) * pps;
    for (let index = words.length - 1; index >= 0; index--) {
      lefts[index] = Math.min(lefts[index], end - widths[index]);
      end = lefts[index] - 4;
    }
    let free = start;
    words.forEach((each, index) => {
      each.style.left = `${Math.max(free, lefts[index])}px`;
      free = Math.max(free, lefts[index]) + widths[index] + 4;
    });
  };

  const rule = () => {
    const step = [1, 2, 5, 10, 30, 60, 300].find((each) => each * pps >= 48) || 600;
    canvas.style.setProperty("--grid", step);
    ruler.replaceChildren();
    for (let at = 0; at <= seconds; at += step) {
      const mark = document.createElement("span");
      mark.textContent = at >= 60 ? clock(at).replace(/\.\d$/, "") : String(at);
      mark.style.left = `${at * pps}px`;
      mark.style.position = "absolute";
      ruler.append(mark);
    }
  };

  const zoom = (wanted, anchor = position) => {
    const before = anchor * pps - tracks.scrollLeft;
    pps = Math.min(CLOSEST, Math.max(Math.min(fitting(), COMFORT), wanted));
    canvas.style.setProperty("--pps", pps);
    canvas.style.setProperty("--wide", `${seconds * pps}px`);
    canvas.classList.toggle("near", pps >= NEAR);
    rule();
    measure();
    all(".pack", canvas).forEach(pack);
    all(".flow", canvas).forEach(flow);
    const states = all(".state", canvas);
    states.forEach((each) => each.classList.remove("tight"));
    const tight = states.filter((each) => each.scrollWidth > each.clientWidth);
    tight.forEach((each) => each.classList.add("tight"));
    tracks.scrollLeft = anchor * pps - before;
    show();
  };

  const show = () => {
    cursor.style.transform = `translateX(${position * pps}px)`;
    now.textContent = clock(position);
    seek.value = position;
    seek.setAttribute("aria-valuetext", `${position.toFixed(1)} seconds of ${seconds.toFixed(1)}`);
    lines.forEach((line) => {
      const to = Math.max(Number(line.dataset.to), Number(line.dataset.from) + 0.6);
      const current = position >= Number(line.dataset.from) - 0.01 && position < to;
      line.classList.toggle("now", current);
      line.setAttribute("aria-current", String(current));
    });
    pins.forEach((pin) => pin.classList.toggle("current", Math.abs(position - Number(pin.dataset.at)) < 0.3));
  };

  // Keeps the cursor in sight, a third from the left when it had left.
  const follow = () => {
    const x = position * pps, room = tracks.clientWidth - label();
    if (x < tracks.scrollLeft || x > tracks.scrollLeft + room - 24) tracks.scrollLeft = x - room / 3;
  };

  const go = (time) => {
    position = Math.min(seconds, Math.max(0, time));
    if (sound) sound.currentTime = Math.min(position, sound.duration || position);
    show();
    follow();
  };

  const tick = () => {
    position = Math.min(seconds, sound.currentTime);
    show();
    follow();
    frame = sound.paused ? 0 : requestAnimationFrame(tick);
  };

  const toggle = () => {
    if (!sound) return;
    if (!sound.paused) return sound.pause();
    if (sound.ended || position >= seconds) go(0);
    sound.play().catch(() => {});
  };

  if (sound) {
    const state = () => {
      play.setAttribute("aria-pressed", String(!sound.paused));
      play.setAttribute("aria-label", sound.paused ? "Play" : "Pause");
      if (!sound.paused && !frame) frame = requestAnimationFrame(tick);
    };
    ["play", "pause", "ended"].forEach((name) => sound.addEventListener(name, state));
    play.addEventListener("click", toggle);
    $("speed").addEventListener("change", (event) => { sound.playbackRate = Number(event.target.value); });
  }
  seek.addEventListener("input", () => go(Number(seek.value)));
  all(".pin, .go").forEach((button) => button.addEventListener("click", (event) => {
    go(Number(button.dataset.at));
    if (event.detail) tracks.focus({ preventScroll: true });  // by pointer: the space bar is to play, not to click again
  }));
  canvas.addEventListener("click", (event) => {
    if (event.target.closest("button, .name")) return;
    go((event.clientX - canvas.getBoundingClientRect().left - label()) / pps);
  });
  $("in").addEventListener("click", () => zoom(pps * 1.5));
  $("out").addEventListener("click", () => zoom(pps / 1.5));
  $("fit").addEventListener("click", () => zoom(0));

  const times = pins.map((pin) => Number(pin.dataset.at)).sort((a, b) => a - b);
  const keys = {
    ArrowLeft: (event) => go(position - (event.shiftKey ? 5 : 1)),
    ArrowRight: (event) => go(position + (event.shiftKey ? 5 : 1)),
    Home: () => go(0),
    End: () => go(seconds),
    n: () => go(times.find((at) => at > position + 0.01) ?? position),
    p: () => go(times.findLast((at) => at < position - 0.01) ?? position),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target;
    if (target.closest("select, .scroll")) return;
    if (event.key === " ") {
      if (!sound || target.closest("button, a, summary")) return;
      event.preventDefault();
      if (!event.repeat) toggle();
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });

  let width = 0;
  addEventListener("resize", () => {
    if (width === tracks.clientWidth) return;
    width = tracks.clientWidth;
    zoom(Math.max(pps, Math.min(COMFORT, fitting())));
  });
  width = tracks.clientWidth;
  zoom(Math.max(COMFORT, Math.min(2 * COMFORT, fitting())), 0);
})();
