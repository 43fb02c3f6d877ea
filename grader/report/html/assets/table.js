// Tables that can be sorted and filtered. Without this script every row is there, in the order of the file.
"use strict";
(() => {
  const STEP = 500; // rows shown at a time: with thousands, every click takes seconds
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKC").toLocaleLowerCase();

  const read = (cell, kind) => {
    if (kind === "text") return cell.textContent.trim();
    return Number(cell.dataset.v ?? cell.textContent.replace("−", "-").replace(/[^\d.-]/g, ""));
  };

  const setUp = (box) => {
    const body = box.querySelector("tbody");
    const heads = [...box.querySelectorAll("thead th")];
    const tools = box.querySelector("[data-tools]");
    const search = box.querySelector("[data-search]");
    const picks = [...box.querySelectorAll("[data-pick]")];
    const status = box.querySelector("[role=status]");
    const more = box.querySelector("[data-more]");
    const [one, many] = box.dataset.noun.split("|");
    const searched = (box.dataset.searched ?? "0").split(" ").map(Number);
    const rows = [...body.rows].map((tr, place) => ({
      tr,
      place,
      flags: (tr.dataset.flags ?? "").split(" "),
      text: plain(searched.map((column) => tr.cells[column].textContent).join(" ")),
    }));
    let column = -1;
    let down = false;
    let limit = STEP;

    const amount = (n) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

    const show = () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      const wanted = picks.map((pick) => pick.value).filter(Boolean);
      const found = rows.filter(
        (row) => words.every((word) => row.text.includes(word)) && wanted.every((flag) => row.flags.includes(flag)),
      );
      body.replaceChildren(...found.slice(0, limit).map((row) => row.tr));
      const hidden = Math.max(found.length - limit, 0);
      more.hidden = hidden === 0;
      more.textContent = `Show ${Math.min(hidden, STEP)} more`;
      const all = found.length === rows.length;
      status.textContent =
        (all ? amount(rows.length) : `${found.length.toLocaleString("en")} of ${amount(rows.length)}`) +
        (hidden ? `, the first ${limit.toLocaleString("en")} shown` : "");
    };

    const sort = (place) => {
      down = column === place && !down;
      column = place;
      const kind = heads[place].dataset.sort;
      const keys = new Map(rows.map((row) => [row, read(row.tr.cells[place], kind)]));
      const compare = kind === "text" ? order.compare : (a, b) => a - b;
      const sign = down ? -1 : 1;
      rows.sort((a, b) => sign * compare(keys.get(a), keys.get(b)) || a.place - b.place);
      limit = STEP;
      heads.forEach((head, index) => {
        if (index === place) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      show();
    };

    heads.forEach((head, place) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(place));
      head.append(button);
    });
    const narrow = () => {
      limit = STEP;
      show();
    };
    search.addEventListener("input", narrow);
    picks.forEach((pick) => pick.addEventListener("change", narrow));
    more.addEventListener("click", () => {
      limit += STEP;
      show();
      if (more.hidden) box.querySelector(".scroll").focus(); // where the focus was is gone
    });
    tools.hidden = false;
    show();
  };

  document.querySelectorAll("[data-table]").forEach(setUp);
  document.documentElement.classList.remove("waiting");
})();
