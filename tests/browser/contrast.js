// How far each text stands off from what is behind it: (lighter + 0.05) / (darker + 0.05)
// by relative luminance, of WCAG 2.1, 1.4.3. Gives those of which that is too little.
(() => {
  const channels = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return {red, green, blue, alpha};
  };
  const linear = (channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (c) =>
      0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
  // The nearest background that is not transparent; none of the page's is half so.
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour.alpha === 1) return colour;
      if (colour.alpha !== 0) throw new Error(`a half transparent background: ${one.className}`);
    }
    // The canvas, which has the colour scheme's colour.
    const isDark =
        matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches;
    return isDark ? channels('rgb(18, 18, 18)') : channels('rgb(255, 255, 255)');
  };
  const seen = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.getClientRects().length === 0) continue;
    if (['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const [text, ground] = [luminance(channels(style.color)), luminance(behind(element))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const least = isLarge ? 3 : 4.5;
    const what = `${element.tagName.toLowerCase()}.${element.className} in ${style.color}: ${
        ratio.toFixed(2)}`;
    if (ratio < least && !seen.has(what))
      seen.set(what, texts.currentNode.data.trim().slice(0, 40));
  }
  return [...seen].map(([what, text]) => `${what} (${text})`);
})();
