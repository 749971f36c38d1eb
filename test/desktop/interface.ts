import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { patience } from './testing.ts';

/** Takes a file in by the page's own file field. */
export async function importFile(page: Page, name: string, text: string): Promise<void> {
  const file = { name: `${name}.conf`, mimeType: 'text/plain', buffer: Buffer.from(text) };
  await page.getByLabel('Configuration files').first().setInputFiles(file);
  await page.getByText('1 file imported').waitFor();
  await page.getByRole('button', { name: 'Close the report' }).click();
}

/** The switch of a tunnel in the list. */
export function switchOf(page: Page, title: string): Locator {
  return page
    .getByRole('navigation', { name: 'Tunnels' })
    .getByRole('switch', { name: `Tunnel ${title}`, exact: true });
}

/** Waits until the list says this of a tunnel, in its own word such as `Connected`. */
export async function stateBecomes(page: Page, title: string, word: string): Promise<void> {
  const row = page.getByRole('navigation', { name: 'Tunnels' }).getByRole('button', { name: title });
  await expect.poll(() => row.first().innerText(), patience).toMatch(new RegExp(`\\b${word}\\b`));
}

/** A figure of the chosen tunnel as it is written, such as `348 B`. */
export function figure(page: Page, name: 'received' | 'sent' | 'receiving' | 'sending'): Promise<string> {
  return page.locator(`[data-figure=${name}]`).innerText();
}
