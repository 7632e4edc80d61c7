// One connection that speaks RESP2: commands in, replies out in the same order, any number on their way at once.
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "./endpoint.ts";

export type Word = string | Buffer;
export type Reply = Buffer | string | number | null | RespError | Reply[];

/** What the server answered instead of a result. The connection stays good. */
export class RespError extends Error {}

const CONNECT_MS = 5_000;
/** A server that is stopped (SIGSTOP, a swapped out machine) keeps its sockets: only silence tells. */
const SILENCE_MS = 10_000;
/** Far above the largest event (1 MiB); a frame beyond it is no Redis. */
const MAX_FRAME = 64 * 1024 * 1024;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

export class Connection {
  /** A subscribed connection's messages. */
  onMessage: (channel: string) => void = () => {};
  /** Called once, when nothing more will come. */
  onClose: (error: Error) => void = () => {};

  #socket: Socket;
  #data: Buffer = Buffer.alloc(0);
  #waiting: Waiting[] = [];
  #silence: NodeJS.Timeout | undefined;
  #closed: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 5_000);
    socket.unref();
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(new Error("the connection was closed")));
  }

  /** Connects, logs in and selects the database. */
  static async open(endpoint: Endpoint): Promise<Connection> {
    const connection = new Connection(await dial(endpoint));
    try {
      if (endpoint.password !== undefined)
        await connection.call("AUTH", ...(endpoint.username ? [endpoint.username] : []), endpoint.password);
      if (endpoint.database !== 0) await connection.call("SELECT", String(endpoint.database));
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Sends one command. An error reply rejects with a RespError. */
  call(...words: Word[]): Promise<Reply> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#listen();
      this.#socket.write(frame(words));
    });
  }

  /** MULTI … EXEC in one write. Null when a watched key was changed by somebody else. */
  async transaction(...commands: Word[][]): Promise<Reply[] | null> {
    const replies = await Promise.allSettled([
      this.call("MULTI"),
      ...commands.map((words) => this.call(...words)),
      this.call("EXEC"),
    ]);
    const failed = replies.find((reply) => reply.status === "rejected");
    if (failed) throw failed.reason;
    const results = (replies.at(-1) as PromiseFulfilledResult<Reply>).value as Reply[] | null;
    const error = results?.find((result) => result instanceof RespError);
    if (error) throw error;
    return results;
  }

  close(): void {
    this.#end(new Error("closed"));
  }

  #read(chunk: Buffer): void {
    this.#data = this.#data.length === 0 ? chunk : Buffer.concat([this.#data, chunk]);
    try {
      let at = 0;
      for (let next = parse(this.#data, at); next; next = parse(this.#data, at)) {
        at = next.end;
        this.#take(next.reply);
      }
      this.#data = this.#data.subarray(at);
      if (this.#data.length > MAX_FRAME) throw new Error("the reply is too long");
    } catch (error) {
      this.#end(asError(error));
    }
  }

  #take(reply: Reply): void {
    if (Array.isArray(reply) && String(reply[0]) === "message") return this.onMessage(String(reply[1]));
    const first = this.#waiting.shift();
    this.#listen();
    if (reply instanceof RespError) first?.reject(reply);
    else first?.resolve(reply);
  }

  /** The silence is measured from the last reply for as long as one is owed. */
  #listen(): void {
    clearTimeout(this.#silence);
    if (this.#waiting.length === 0) return;
    this.#silence = setTimeout(() => this.#end(new Error(`no answer for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
    this.#silence.unref();
  }

  #end(error: Error): void {
    if (this.#closed) return;
    this.#closed = error;
    clearTimeout(this.#silence);
    this.#socket.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    this.onClose(error);
  }
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function dial({ host, port, tls }: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const servername = isIP(host) ? undefined : host; // TLS names no addresses
    const socket: Socket = tls ? connectTls({ host, port, servername }) : connectPlain({ host, port });
    const limit = setTimeout(() => socket.destroy(new Error(`no connection to ${host}:${port} in time`)), CONNECT_MS);
    // Node gathers a refusal of ::1 and one of 127.0.0.1 under an error that says nothing itself.
    const failed = (error: Error & { code?: string }) => {
      clearTimeout(limit);
      reject(error.message ? error : new Error(`${error.code ?? "no connection"}: ${host}:${port}`));
    };
    socket.once("error", failed);
    socket.once(tls ? "secureConnect" : "connect", () => {
      clearTimeout(limit);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

function frame(words: Word[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === "string" ? Buffer.from(word) : word;
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}

/** The reply that begins at `at`, and where the next one does; undefined while it is not whole. */
function parse(data: Buffer, at: number): { reply: Reply; end: number } | undefined {
  const line = data.indexOf("\r\n", at);
  if (line < 0) return undefined;
  const text = data.toString("utf8", at + 1, line);
  const end = line + 2;
  switch (data[at]) {
    case 0x2b: // +
      return { reply: text, end };
    case 0x2d: // -
      return { reply: new RespError(text), end };
    case 0x3a: // :
      return { reply: Number(text), end };
    case 0x24: // $
      return bulk(data, Number(text), end);
    case 0x2a: // *
      return array(data, Number(text), end);
    default:
      throw new Error("this is no Redis: it does not speak RESP");
  }
}

function bulk(data: Buffer, length: number, at: number): { reply: Reply; end: number } | undefined {
  if (length < 0) return { reply: null, end: at };
  // A copy: a slice would keep the whole chunk alive for as long as the row is in hand.
  return data.length < at + length + 2
    ? undefined
    : { reply: Buffer.from(data.subarray(at, at + length)), end: at + length + 2 };
}

function array(data: Buffer, length: number, at: number): { reply: Reply; end: number } | undefined {
  if (length < 0) return { reply: null, end: at };
  const items: Reply[] = [];
  for (let i = 0; i < length; i++) {
    const item = parse(data, at);
    if (!item) return undefined;
    items.push(item.reply);
    at = item.end;
  }
  return { reply: items, end: at };
}
