/** Does some work as another user, without root's rights; needs root. The rights of a test are its whole process's. */
export async function asUser<T>(uid: number, work: () => Promise<T>): Promise<T> {
  const { seteuid } = process;
  if (seteuid === undefined) throw new Error('there are no users here');
  seteuid(uid);
  try {
    return await work();
  } finally {
    seteuid(0);
  }
}
