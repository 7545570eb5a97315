// The buttons that stay at the foot of the screen: what has the focus is never behind them.

const FEET = ".sale .hand, .search .hand";
const AIR = 8; // pixels between the focus and the foot

/** Keep as much of the page's end free as the foot that is seen covers; it grows with a message. */
export function keepFocusInSight() {
  const feet = [...document.querySelectorAll(FEET)];
  const seen = new ResizeObserver(() => {
    const foot = feet.find((one) => one.offsetHeight && getComputedStyle(one).position === "sticky");
    document.documentElement.style.scrollPaddingBottom = foot ? `${foot.offsetHeight + AIR}px` : "";
  });
  for (const foot of feet) seen.observe(foot);
}
