/** The window with a lab open, in the words of a person who uses it. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export interface Point {
  readonly x: number;
  readonly y: number;
}

type Kind = 'host' | 'router' | 'switch';

export class LabPage {
  readonly page: Page;
  readonly canvas: Locator;
  readonly name: Locator;
  readonly saveState: Locator;
  readonly engineBanner: Locator;
  readonly inspector: Locator;

  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByTestId('canvas');
    this.name = page.getByTestId('lab-name');
    this.saveState = page.getByTestId('save-state');
    this.engineBanner = page.getByTestId('engine-banner');
    this.inspector = page.getByTestId('inspector');
  }

  node(name: string): Locator {
    return this.page.getByTestId(`node-${name}`);
  }

  port(node: string, port: string): Locator {
    return this.page.getByTestId(`port-${node}-${port}`).first();
  }

  /** Every link that is drawn, `h1:eth0 s1:1`, sorted. */
  async links(): Promise<string[]> {
    const ids = await this.page
      .locator('[data-testid^="link-"][data-testid*="-"]')
      .evaluateAll((elements) => elements.map((element) => element.getAttribute('data-testid') ?? ''));
    const pattern = /^link-([^-]+)-([^-]+)-([^-]+)-([^-]+)$/;
    return ids
      .map((id) => pattern.exec(id))
      .filter((match) => match !== null)
      .map(([, a, portA, b, portB]) => `${a}:${portA} ${b}:${portB}`)
      .sort();
  }

  /** Presses on the palette, moves over the canvas and lets go: `at` counts from the canvas's top left corner. */
  async dragFromPalette(kind: Kind, at: Point): Promise<void> {
    const canvas = await boxOf(this.canvas);
    await this.#drag(await centreOf(this.page.getByTestId(`palette-${kind}`)), {
      x: canvas.x + at.x,
      y: canvas.y + at.y,
    });
  }

  async dragNode(name: string, by: Point): Promise<void> {
    const from = await centreOf(this.node(name));
    await this.#drag(from, { x: from.x + by.x, y: from.y + by.y });
  }

  /** Draws a link from one port to another. */
  async dragLink(from: { node: string; port: string }, to: { node: string; port: string }): Promise<void> {
    await this.#drag(await centreOf(this.port(from.node, from.port)), await centreOf(this.port(to.node, to.port)));
  }

  async #drag(from: Point, to: Point): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    // Drags begin only after the pointer has moved a little, and targets must see it come.
    await mouse.move(from.x + 6, from.y + 6, { steps: 3 });
    await mouse.move(to.x, to.y, { steps: 12 });
    await mouse.move(to.x, to.y);
    await mouse.up();
  }

  async select(name: string): Promise<void> {
    await this.node(name).click();
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  async startAll(): Promise<void> {
    await this.page.getByTestId('start-all').click();
  }

  async stopAll(): Promise<void> {
    await this.page.getByTestId('stop-all').click();
  }

  async expectState(name: string, state: string, timeout = 30_000): Promise<void> {
    await expect(this.node(name)).toHaveAttribute('data-state', state, { timeout });
  }

  async expectSaved(): Promise<void> {
    await expect(this.saveState).toHaveAttribute('data-unsaved', 'false');
  }

  async expectUnsaved(): Promise<void> {
    await expect(this.saveState).toHaveAttribute('data-unsaved', 'true');
  }
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await locator.waitFor();
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator.toString()} is not drawn`);
  return box;
}

async function centreOf(locator: Locator): Promise<Point> {
  const box = await boxOf(locator);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
