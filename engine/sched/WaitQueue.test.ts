import { describe, expect, it } from 'vitest';
import { WaitNode, WaitQueue } from './WaitQueue.ts';

/** A queue whose waiters write their names down when they are told, and then do what they were made for. */
function makeQueue() {
  const queue = new WaitQueue();
  const told: string[] = [];
  const hang = (name: string, events = 1, act: () => void = () => undefined): WaitNode => {
    const node = new WaitNode({
      onWake: () => {
        told.push(name);
        act();
      },
    });
    queue.add(node, events);
    return node;
  };
  return { queue, told, hang };
}

describe('wake', () => {
  it('tells everyone who listens to one of the events, in order', () => {
    const { queue, told, hang } = makeQueue();
    hang('in', 1);
    hang('out', 4);
    hang('both', 5);
    queue.wake(1);
    expect(told).toEqual(['in', 'both']);
    told.length = 0;
    queue.wake(4 | 8);
    expect(told).toEqual(['out', 'both']);
    told.length = 0;
    queue.wake(8);
    expect(told).toEqual([]);
  });

  it('goes on after a waiter that leaves', () => {
    const { queue, told, hang } = makeQueue();
    const first = hang('first', 1, () => first.remove());
    hang('second');
    queue.wake(1);
    queue.wake(1);
    expect(told).toEqual(['first', 'second', 'second']);
  });

  it('goes on after a waiter that leaves with every node it has, as a task that polls one file twice', () => {
    const { queue, told, hang } = makeQueue();
    const leave = (): void => {
      for (const node of nodes) node.remove();
    };
    const nodes = [hang('task', 1, leave), hang('task again', 1, leave), hang('task once more', 1, leave)];
    hang('other');
    queue.wake(1);
    expect(told).toEqual(['task', 'other']);
  });

  it('ends when a waiter takes everybody away', () => {
    const { queue, told, hang } = makeQueue();
    const nodes = [hang('first', 1, () => nodes.forEach((node) => node.remove())), hang('second'), hang('third')];
    queue.wake(1);
    queue.wake(1);
    expect(told).toEqual(['first']);
  });

  it('misses nobody when a waiter wakes the same queue again', () => {
    const { queue, told, hang } = makeQueue();
    let depth = 0;
    hang('nested', 1, () => {
      if (depth++ === 0) queue.wake(2);
    });
    const second = hang('second', 3, () => second.remove());
    hang('third', 1);
    queue.wake(1);
    expect(told).toContain('third');
    expect(told.filter((name) => name === 'second')).toEqual(['second']);
  });
});

describe('membership', () => {
  it.each([
    ['first', 0, ['second', 'third']],
    ['middle', 1, ['first', 'third']],
    ['last', 2, ['first', 'second']],
  ] as const)('takes the %s node out', (_name, index, left) => {
    const { queue, told, hang } = makeQueue();
    const nodes = [hang('first'), hang('second'), hang('third')];
    nodes[index].remove();
    nodes[index].remove();
    queue.wake(1);
    expect(told).toEqual(left);
    expect(nodes[index].queue).toBeNull();
  });

  it('hangs a node in one queue at a time', () => {
    const { queue, told, hang } = makeQueue();
    const node = hang('only');
    const other = new WaitQueue();
    expect(() => other.add(node, 1)).toThrow();
    node.remove();
    other.add(node, 1);
    queue.wake(1);
    expect(told).toEqual([]);
    other.wake(1);
    expect(told).toEqual(['only']);
  });
});
