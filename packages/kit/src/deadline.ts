/** A deadline for promises that cannot be aborted. */

/** Thrown when the time is up; what was asked for may still happen. */
export class DeadlineExceeded extends Error {
  constructor(timeoutMs: number) {
    super(`no answer in ${timeoutMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Settles as `asked` does, or throws {@link DeadlineExceeded} after `timeoutMs`. */
export async function withDeadline<T>(asked: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([asked, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
