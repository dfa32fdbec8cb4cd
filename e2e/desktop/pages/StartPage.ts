import type { Locator, Page } from '@playwright/test';
import { LabPage } from './LabPage.ts';

/** The window before a lab is open. */
export class StartPage {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.page = page;
    this.root = page.getByTestId('start-page');
  }

  async newLab(): Promise<LabPage> {
    await this.root.waitFor();
    await this.page.getByTestId('start-new').click();
    const lab = new LabPage(this.page);
    await lab.canvas.waitFor();
    return lab;
  }
}
