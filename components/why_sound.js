// A shaded spectrogram that plays from where one clicks. Buttons lie over its stretches, so that the
// keyboard reaches them; a pointer starts exactly where it is.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".tr-mount");
  if (root.dataset.sum !== data.sum) {
    root.innerHTML = data.html;
    root.dataset.sum = data.sum;
  }
  const audio = root.querySelector("audio");
  const plate = root.querySelector("[data-seconds]");
  if (!audio || !plate) return;
  const line = plate.querySelector(".tr-head-line");
  const seconds = Number(plate.dataset.seconds);

  // Before the file is known, the place to start from has to wait.
  const playFrom = (at) => {
    const go = () => {
      audio.currentTime = at;
      audio.play().catch(() => {});
    };
    if (audio.readyState > 0) go();
    else {
      audio.addEventListener("loadedmetadata", go, { once: true });
      audio.load();
    }
  };
  plate.onclick = (click) => {
    const button = click.target.closest("[data-at]");
    const box = plate.getBoundingClientRect();
    const pointed = click.detail > 0; // a click of the keyboard has no place
    if (pointed) playFrom((seconds * (click.clientX - box.left)) / box.width);
    else if (button) playFrom(Number(button.dataset.at));
  };
  audio.ontimeupdate = () => {
    line.hidden = audio.paused && audio.currentTime === 0;
    line.style.left = `${(100 * audio.currentTime) / seconds}%`;
  };
  audio.onended = () => (line.hidden = true);
  return () => audio.pause();
}
