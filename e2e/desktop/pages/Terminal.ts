import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** A machine's console in the dock. */
export class Terminal {
  readonly page: Page;
  readonly root: Locator;
  readonly rows: Locator;

  constructor(page: Page, machine: string) {
    this.page = page;
    this.root = page.getByTestId(`terminal-${machine}`);
    this.rows = this.root.locator('.xterm-rows');
  }

  /** Types as a person does: into whatever has the focus, which a click gave to the terminal. */
  async type(text: string): Promise<void> {
    await this.root.click();
    await this.page.keyboard.type(text, { delay: 15 });
  }

  async run(command: string): Promise<void> {
    await this.type(command);
    await this.page.keyboard.press('Enter');
  }

  /** What is on the screen now, without the blanks that fill its lines. */
  async screen(): Promise<string> {
    const lines = (await this.rows.innerText()).replaceAll('\u00a0', ' ').split('\n');
    return lines.map((line) => line.trimEnd()).join('\n');
  }

  async expectText(pattern: RegExp, timeout = 30_000): Promise<void> {
    await expect.poll(() => this.screen(), { timeout }).toMatch(pattern);
  }
}
