/**
 * Times of the last entries of recent pages: they mark a position in a list ordered by time, even after
 * the entry was deleted.
 */
export class PageCursors {
  private readonly times = new Map<string, string>();

  remember(key: string, time: string): void {
    this.times.delete(key);
    this.times.set(key, time);
    if (this.times.size <= 1000) return;
    for (const oldest of this.times.keys()) {
      this.times.delete(oldest);
      return;
    }
  }

  recall(key: string): string | undefined {
    return this.times.get(key);
  }
}
