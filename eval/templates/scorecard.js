(() => {
  const cards = [...document.querySelectorAll(".card")];
  const texts = cards.map((card) => card.textContent.toLowerCase());
  const box = document.querySelector("#filter");
  const count = document.querySelector("#filter-count");
  document.querySelector("#tools").hidden = false;
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    cards.forEach((card, i) => (card.hidden = !texts[i].includes(wanted)));
    count.textContent = wanted ? `${cards.filter((c) => !c.hidden).length} of ${cards.length}` : "";
  });
  document.querySelector("#expand").addEventListener("click", (event) => {
    const open = event.target.getAttribute("aria-pressed") !== "true";
    event.target.setAttribute("aria-pressed", open);
    document.querySelectorAll("details").forEach((one) => (one.open = open));
  });
  const show = () => {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (found?.matches("details")) found.open = true;
    found?.scrollIntoView();
  };
  addEventListener("hashchange", show);
  if (location.hash) show();
})();
