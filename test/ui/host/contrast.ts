import type { Page } from 'playwright-core';

/**
 * The texts on the screen that stand out too little from their ground: below 4.5 to 1, or 3 to 1 where they are large
 * (WCAG 2.2, 1.4.3). Controls that are disabled are exempt, as there.
 */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];

    const read = (text: string): Colour => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const over = (top: Colour, bottom: Colour): Colour => {
      const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + bottom[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const groundOf = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1];
      const own = read(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
    };
    const light = ([red, green, blue]: Colour): number => {
      const linear = [red, green, blue].map((value) => {
        const share = value / 255;
        return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
    };

    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() !== null) {
      const text = walker.currentNode.textContent?.trim() ?? '';
      const element = walker.currentNode.parentElement;
      if (text === '' || element?.checkVisibility() !== true) continue;
      if (element.closest('.unseen, :disabled, script, noscript') !== null) continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const pair = [light(over(read(style.color), ground)), light(ground)].sort((a, b) => b - a);
      const ratio = ((pair[0] ?? 0) + 0.05) / ((pair[1] ?? 0) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5))
        found.push(`${text.slice(0, 40)} ${ratio.toFixed(2)} (${element.className})`);
    }
    return [...new Set(found)];
  });
}
