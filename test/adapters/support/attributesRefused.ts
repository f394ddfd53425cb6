/** What a mount says that lets nobody, or only the owner of the files, set permissions or times. */
export const attributesRefused = (): Error =>
  Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM', errno: -1 });
