/** The window with a lab open, in the words of a person who uses it. */
import type { ElectronApplication, Locator, Page } from '@playwright/test';
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
    const item = this.page.getByTestId(`palette-${kind}`);
    const canvas = await boxOf(this.canvas);
    const from = await centreOf(item);
    const to = { x: canvas.x + at.x, y: canvas.y + at.y };
    const { mouse } = this.page;
    // The browser itself carries what is dragged between elements, and takes its time to pick it up and to follow.
    await this.page.evaluate(() => {
      const seen = { dragstart: false, dragover: false };
      (globalThis as { seenDrag?: typeof seen }).seenDrag = seen;
      const note = ({ type }: Event): void => void (seen[type as keyof typeof seen] = true);
      for (const type of Object.keys(seen)) window.addEventListener(type, note, { once: true, capture: true });
    });
    await mouse.move(from.x, from.y);
    await mouse.down();
    await this.#moveUntil('dragstart', { x: from.x + 8, y: from.y + 8 });
    await mouse.move(to.x, to.y, { steps: 8 });
    await this.#moveUntil('dragover', to);
    await mouse.up();
  }

  async #moveUntil(event: 'dragstart' | 'dragover', at: Point): Promise<void> {
    let wobble = 0;
    await expect
      .poll(async () => {
        wobble = 1 - wobble;
        await this.page.mouse.move(at.x + wobble, at.y);
        return this.page.evaluate(
          (name) => (globalThis as unknown as { seenDrag: Record<string, boolean> }).seenDrag[name],
          event,
        );
      })
      .toBe(true);
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

  /** In the inspector; several addresses with commas between. */
  async setAddresses(machine: string, name: string, addresses: string): Promise<void> {
    await this.select(machine);
    const field = this.inspector.getByTestId(`addresses-${name}`);
    await field.fill(addresses);
    await field.press('Enter');
    await expect(this.node(machine)).toContainText(addresses.replace(/\/.*/, ''));
  }

  /** By a double click, as LOOK-and-feel has it. */
  async openConsole(machine: string): Promise<void> {
    await this.node(machine).locator('.state-ring').dblclick();
    await this.page.getByTestId(`terminal-${machine}`).waitFor();
  }

  /** A link as `links` names it, by a click on the middle of its line. */
  async selectLink(link: string): Promise<void> {
    const id = `link-${link.replaceAll(/[: ]/g, '-')}`;
    const [first, second] = link.split(' ').map((end) => end.split(':')[0]);
    const [from, to] = [await centreOf(this.node(first)), await centreOf(this.node(second))];
    await this.page.getByTestId(id).waitFor({ state: 'attached' });
    await this.page.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
  }

  /** While a terminal has the focus the keys are the machine's, so through the native menu. */
  async chooseFromMenu(app: ElectronApplication, command: string): Promise<void> {
    await app.evaluate(({ Menu }, id) => {
      Menu.getApplicationMenu()?.getMenuItemById(id)?.click();
    }, command);
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

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where it is drawn, once it has come to rest: the canvas moves its view when a lab opens. */
async function boxOf(locator: Locator): Promise<Box> {
  await locator.waitFor();
  let before = '';
  for (;;) {
    const box = await locator.boundingBox();
    if (box === null) throw new Error(`${locator.toString()} is not drawn`);
    const now = JSON.stringify(box);
    if (now === before) return box;
    before = now;
    await locator.page().waitForTimeout(60);
  }
}

async function centreOf(locator: Locator): Promise<Point> {
  const box = await boxOf(locator);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
