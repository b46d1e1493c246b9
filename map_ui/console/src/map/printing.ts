// The map on paper: laid out to the size of an A4 page, drawn, printed, put back.
export async function printed(draw: () => Promise<void>): Promise<void> {
  const page = document.documentElement;
  page.classList.add("on-paper");
  try {
    await draw();
    window.print();
  } finally {
    page.classList.remove("on-paper");
    await draw();
  }
}
