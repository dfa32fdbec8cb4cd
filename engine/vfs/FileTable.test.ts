import { describe, expect, it } from 'vitest';
import { EBADF, EMFILE } from '../abi/errno.ts';
import { O_PATH } from '../abi/open.ts';
import { File, PathFile } from './File.ts';
import { FileTable } from './FileTable.ts';

class Counted extends File {
  released = 0;
  protected override release(): void {
    this.released++;
  }
}

const task = null as never;

describe('FileTable', () => {
  it('gives the lowest free descriptor', () => {
    const table = new FileTable();
    const add = (minimum = 0): number => table.install(new Counted(0), minimum, 8, false);
    expect([add(), add(), add(), add()]).toEqual([0, 1, 2, 3]);
    table.close(task, 1);
    expect([add(), add()]).toEqual([1, 4]);
    table.close(task, 0);
    expect([add(6), add(6), add(6), add(), add()]).toEqual([6, 7, -EMFILE, 0, 5]);
    expect(add()).toBe(-EMFILE);
    expect(table.descriptors()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('lets go of descriptions with their last descriptor', () => {
    const table = new FileTable();
    const file = new Counted(0);
    table.install(file, 0, 8, false);
    table.replace(task, 5, file.retain(), false);
    const copy = table.clone();
    expect([table.close(task, 0), table.close(task, 5), table.close(task, 5)]).toEqual([0, 0, -EBADF]);
    expect(file.released).toBe(0);
    copy.release(task);
    expect(file.released).toBe(1);
  });

  it('closes on exec what is marked', () => {
    const table = new FileTable();
    for (const marked of [false, true, false]) table.install(new Counted(0), 0, 8, marked);
    table.setCloseOnExec(2, true);
    table.setCloseOnExec(1, false);
    table.closeForExec(task);
    expect(table.descriptors()).toEqual([0, 1]);
  });

  it('is closed by the last who shares it', () => {
    const table = new FileTable();
    const file = new Counted(0);
    table.install(file, 0, 8, false);
    table.share().release(task);
    expect(file.released).toBe(0);
    table.release(task);
    expect(file.released).toBe(1);
  });

  it('keeps O_PATH descriptors from calls that want content', () => {
    const table = new FileTable();
    table.install(new PathFile(O_PATH), 0, 8, false);
    expect(table.get(0)).toBeNull();
    expect(table.getAny(0)).not.toBeNull();
    expect(table.get(-1)).toBeNull();
    expect(table.close(task, -1)).toBe(-EBADF);
  });
});
