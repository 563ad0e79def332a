/** One RPC message either way; bigger things are streamed in pieces. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
