"use strict";
(() => {
  const failed = document.getElementById("failed");
  const show = () => {
    document.body.classList.toggle("only", failed.checked);
    document.getElementById("none").hidden = !failed.checked || document.querySelector("tr.unmet") !== null;
  };
  if (failed) {
    failed.addEventListener("change", show);
    show();
  }
})();
