import type { Socket } from "node:net";

/**
 * Cuts a connection: resets it where that is possible. Over TLS it can only be closed without
 * close_notify. A connection that is being ended can only be closed, too: Node cannot reset it, and would
 * keep it and with it the process for good (libuv's `uv_tcp_close_reset` refuses after a shutdown, EINVAL).
 */
export function cutConnection(socket: Socket): void {
  if ("encrypted" in socket || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
