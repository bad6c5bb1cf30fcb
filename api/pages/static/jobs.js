// Shows how far a job is as the service tells it; without this the page loads itself again now and then.
const job = document.querySelector("[data-events]");
if (job && window.EventSource) {
  const bar = job.querySelector("progress"), doing = job.querySelector("[data-doing]");
  const told = new EventSource(job.dataset.events);
  told.addEventListener("job", (event) => {
    const state = JSON.parse(event.data);
    if (bar) bar.value = state.progress;
    doing.textContent = document.documentElement.lang === "vi" ? state.doing_vi : state.doing;
    if (["done", "failed", "cancelled"].includes(state.state)) { told.close(); location.reload(); }
  });
  told.addEventListener("error", () => { if (told.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000); });
} else if (job) setTimeout(() => location.reload(), 3000);
