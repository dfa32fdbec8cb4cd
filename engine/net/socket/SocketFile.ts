import { EPIPE } from '../../abi/errno.ts';
import { O_RDWR } from '../../abi/open.ts';
import { SIGPIPE, SI_USER } from '../../abi/signals.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import { signalInfo } from '../../process/signals.ts';
import { sendSignalToTask } from '../../process/signalSend.ts';
import type { Task } from '../../process/Task.ts';
import type { PageSource } from '../../mm/PageSource.ts';
import type { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../../vfs/File.ts';
import type { Inode } from '../../vfs/Inode.ts';
import { deviceIoctl } from './deviceIoctls.ts';
import { ReceivedMessage } from './messages.ts';
import { PacketSocket } from './packet/PacketSocket.ts';
import type { Socket } from './Socket.ts';

/** The open file description of a socket. */
export class SocketFile extends File {
  readonly socket: Socket;
  override readonly waitQueue: WaitQueue;

  constructor(socket: Socket, inode: Inode, flags: number) {
    super(O_RDWR | flags);
    this.socket = socket;
    this.waitQueue = socket.waitQueue;
    this.inode = inode;
    socket.ino = inode.ino;
    inode.retain();
  }

  override describe(): string {
    return `socket:[${this.socket.ino}]`;
  }

  override read(task: Task, target: IoTarget): number {
    if (target.remaining === 0 && this.socket.isStream) return 0;
    return this.socket.receive(new ReceivedMessage(target, 0), task);
  }

  override write(task: Task, source: IoSource): number {
    const { socket } = this;
    const count = socket.send({ source, address: null, control: [], files: [], flags: 0, sender: task });
    if (count === -EPIPE && socket.isStream) raiseBrokenPipe(task);
    return count;
  }

  override poll(): number {
    return this.socket.poll();
  }

  override ioctl(task: Task, request: number, argument: number): number {
    const { socket } = this;
    return deviceIoctl(socket, task, request, argument, task.memory);
  }

  /** Only a packet(7) socket with a ring has memory to map. */
  override get pages(): PageSource | null {
    return this.socket instanceof PacketSocket ? this.socket.ringPages : null;
  }

  protected override release(): void {
    this.socket.close();
    this.inode?.release();
  }
}

/** send(2): writing to a stream that the far end closed raises SIGPIPE. */
export function raiseBrokenPipe(task: Task): void {
  sendSignalToTask(task, signalInfo(SIGPIPE, SI_USER, task.process.pid, task.credentials.uid));
}
