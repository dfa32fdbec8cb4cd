import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readLinkNeeds } from './elf.ts';
import { makeSkeleton } from './furnish.ts';
import { findMissingLibraries, prune } from './prune.ts';
import { makeFile, makeSymbolicLink } from './tree.ts';
import type { Tree } from './tree.ts';

const SHELL = '/bin/sh';
const LOADER = '/lib64/ld-linux-x86-64.so.2';
const LIBC = ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc.so.6'].find((path) => existsSync(path)) ?? '';

/** A root with the host's own shell and its library. */
function shellRoot(...left: readonly string[]): Tree {
  const tree = makeSkeleton();
  const files = { 'usr/bin/sh': SHELL, [LOADER]: LOADER, 'usr/lib/x86_64-linux-gnu/libc.so.6': LIBC };
  for (const [path, source] of Object.entries(files)) {
    if (!left.includes(path)) tree.put(path, makeFile(readFileSync(source), 0o755));
  }
  return tree;
}

describe('what a program needs', () => {
  test('is read from its headers', () => {
    const needs = readLinkNeeds(readFileSync(SHELL));
    expect(needs?.interpreter).toBe(LOADER);
    expect(needs?.libraries).toContain('libc.so.6');
  });

  test.each([
    ['text', Buffer.from('#!/bin/sh\n')],
    ['nothing', Buffer.alloc(0)],
    ['the beginning of a program', readFileSync(SHELL).subarray(0, 40)],
  ])('%s needs nothing', (_what, content) => {
    expect(readLinkNeeds(content)).toBeUndefined();
  });

  test('is there', () => {
    expect(findMissingLibraries(shellRoot())).toEqual([]);
  });

  test('is missed when it is not', () => {
    const library = shellRoot('usr/lib/x86_64-linux-gnu/libc.so.6');
    expect(findMissingLibraries(library)).toEqual(['usr/bin/sh needs libc.so.6']);
    expect(findMissingLibraries(shellRoot(LOADER))).toContain(`usr/bin/sh needs ${LOADER}`);
  });
});

describe('pruning', () => {
  const script = (line: string): ReturnType<typeof makeFile> => makeFile(Buffer.from(`${line}\ntrue\n`), 0o755);

  test('takes out documentation and keeps licences', () => {
    const tree = makeSkeleton();
    for (const path of ['usr/share/doc/bash/copyright', 'usr/share/doc/bash/README', 'usr/share/man/man1/bash.1.gz']) {
      tree.put(path, makeFile(new Uint8Array(0)));
    }
    prune(tree);
    expect(tree.find('usr/share/doc/bash/copyright')).toBeDefined();
    expect(tree.find('usr/share/doc/bash/README')).toBeUndefined();
    expect(tree.find('usr/share/man')).toBeUndefined();
  });

  test('takes out scripts without their interpreter', () => {
    const tree = makeSkeleton();
    tree.put('usr/bin/sh', makeFile(new Uint8Array(0), 0o755));
    tree.put('usr/bin/a', script('#!/bin/sh -e'));
    tree.put('usr/bin/b', script('#! /usr/bin/perl'));
    tree.put('usr/bin/c', script('#!/usr/bin/env python3'));
    prune(tree);
    expect(['a', 'b', 'c'].map((name) => tree.find(`usr/bin/${name}`) !== undefined)).toEqual([true, false, false]);
  });

  test('takes out links that lead nowhere, but not those into what the kernel mounts', () => {
    const tree = makeSkeleton();
    tree.put('usr/bin/gone', makeSymbolicLink('../share/man/x'));
    tree.put('etc/mtab', makeSymbolicLink('../proc/self/mounts'));
    tree.put('var/run', makeSymbolicLink('/run'));
    prune(tree);
    expect(tree.findUnfollowed('usr/bin/gone')).toBeUndefined();
    expect(tree.findUnfollowed('etc/mtab')).toBeDefined();
    expect(tree.findUnfollowed('var/run')).toBeDefined();
  });
});
