// The colour picker of the filters: what is picked becomes a choice beside the basic colours, and
// a term of the query for whoever wants to rank by it.
export function startColours() {
  const picker = document.querySelector("[data-colour-picker]");
  if (!picker) return;
  const form = picker.form;
  const own = form.querySelector("[data-own-colour]");
  const choose = () => {
    own.value = picker.value.slice(1);
    own.checked = true;
    own.closest("label").querySelector("circle").setAttribute("fill", picker.value);
  };
  picker.addEventListener("input", choose);
  picker.addEventListener("change", choose);
  form.querySelector("[data-colour-term]").addEventListener("click", () => {
    const chosen = form.querySelector('[name="colour"]:checked')?.value || picker.value.slice(1);
    const query = new FormData(form);
    query.delete("colour");
    query.append("t", `colour:${chosen}`);
    const params = [...query].filter(([, value]) => typeof value === "string" && value.trim() && value !== "relevance");
    location.assign(`/search?${new URLSearchParams(params)}`);
  });
}
