// Last words have little time.

/** Waits for work that may fail: what it was to say is then said by the end of the lease. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]).catch(() => {});
  clearTimeout(timer);
}
