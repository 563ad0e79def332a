/**
 * Imported before `@xterm/addon-unicode-graphemes`, which reads its table as if each Buffer began its own memory. One
 * out of Node's pool does not: then the widths of emoji are wrong, or loading fails with "Data error".
 */
export const usualPoolSize = Buffer.poolSize;

Buffer.poolSize = 0;
