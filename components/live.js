// Puts a list that Python marked up in place: item by item, so that a sound goes on playing and the
// focus stays while the list re-ranks in motion. A click goes back to Python as {action, id}.

const player = new Audio();
let playing = null; // the button whose sound is heard

function setPlaying(button) {
  const show = (b, on) => {
    b.setAttribute("aria-pressed", on);
    b.firstElementChild.dataset.i = on ? "pause" : "play";
  };
  if (playing) show(playing, false);
  playing = button;
  if (button) show(button, true);
}
player.addEventListener("ended", () => setPlaying(null));

function toggle(button) {
  if (playing === button) {
    player.pause();
    setPlaying(null);
    return;
  }
  player.src = button.dataset.src;
  player.play().then(() => setPlaying(button), () => setPlaying(null));
}

// Replaces those parts of an item whose checksum differs.
function patch(before, after) {
  for (const part of after.querySelectorAll(":scope > [data-part]")) {
    const old = before.querySelector(`:scope > [data-part="${part.dataset.part}"]`);
    if (old && old.dataset.sum !== part.dataset.sum) old.replaceWith(part);
  }
  return before;
}

// The focused button may have been replaced: find it again, or the one that undoes it.
function restoreFocus(focus, nodes) {
  const find = (id, action) =>
    nodes.find((n) => n.dataset.id === id)?.querySelector(`[data-action="${action}"]`);
  const twin = { like: "unlike", unlike: "like" };
  const [id, action] = focus;
  (find(id, action) ?? find(id, twin[action]))?.focus({ preventScroll: true });
}

function keepPlaying(list) {
  if (!playing || playing.isConnected) return;
  const source = playing.dataset.src;
  const again = [...list.querySelectorAll("[data-src]")].find((b) => b.dataset.src === source);
  if (!again) player.pause();
  setPlaying(again ?? null);
}

// Every item starts where it was and moves to where it is now.
function animate(nodes, from) {
  for (const node of nodes) {
    const start = from.get(node.dataset.id);
    const end = node.getBoundingClientRect();
    if (!start) {
      node.animate([{ opacity: 0 }, { opacity: 1 }], 300);
    } else if (start.x !== end.x || start.y !== end.y) {
      const shift = `translate(${start.x - end.x}px, ${start.y - end.y}px)`;
      node.animate([{ transform: shift }, { transform: "none" }], {
        duration: 320,
        easing: "cubic-bezier(.2, .7, .2, 1)",
      });
    }
  }
}

function place(list, next, motion) {
  const kept = new Map([...list.children].map((node) => [node.dataset.id, node]));
  const from = new Map([...kept].map(([id, node]) => [id, node.getBoundingClientRect()]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const focus = focused && [focused.closest("[data-id]").dataset.id, focused.dataset.action];
  const nodes = [...next.children].map((node) =>
    kept.has(node.dataset.id) ? patch(kept.get(node.dataset.id), node) : node,
  );
  const same =
    nodes.length === list.children.length && nodes.every((n, i) => n === list.children[i]);
  if (!same) list.replaceChildren(...nodes);
  if (focus) restoreFocus(focus, nodes);
  keepPlaying(list);
  if (motion && !same) animate(nodes, from);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".tr-mount");
  const holder = document.createElement("template");
  holder.innerHTML = data.html;
  const next = holder.content.firstElementChild;
  const list = root.firstElementChild;
  const motion = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (list && list.className === next.className) place(list, next, motion);
  else root.replaceChildren(next);
  root.onclick = (click) => {
    const button = click.target.closest("[data-action]");
    if (!button || button.disabled) return;
    const { action } = button.dataset;
    const { id } = button.closest("[data-id]").dataset;
    if (action === "play") toggle(button);
    else setTriggerValue("event", { action, id });
  };
  return () => {
    if (playing && root.contains(playing)) {
      player.pause();
      setPlaying(null);
    }
  };
}
