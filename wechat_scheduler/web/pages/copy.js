document.addEventListener("click", async (event) => {
  const source = event.target.closest("[data-clipboard-text]");
  if (!source) return;
  const text = source.dataset.clipboardText;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without https, and in old web views
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  source.classList.add("copied");
  setTimeout(() => source.classList.remove("copied"), 1500);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("copy")) event.target.click();
});
