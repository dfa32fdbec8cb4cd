/** Pages that a tmpfs may hold (option `size=`). */
export class PageQuota {
  limit: number;
  used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(): boolean {
    if (this.used >= this.limit) return false;
    this.used++;
    return true;
  }

  give(): void {
    this.used--;
  }
}
