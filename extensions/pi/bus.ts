// Keeps two connections to the bus: one for commands, one that listens. Connects again by itself, for ever.
import { describe, findEndpoint } from "./endpoint.ts";
import { LEASE_MS } from "./lease.ts";
import { asError, Connection } from "./resp.ts";

export interface BusHandlers {
  /** Both connections are good. A failure in here counts as one of the connection. */
  up(commands: Connection): Promise<void>;
  /** They are gone, or could not be had. Called for every failed attempt. */
  down(error: Error): void;
  /** Something was said on a channel. */
  woken(channel: string): void;
  /** Every few seconds while they are good. */
  tick(commands: Connection): Promise<void>;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** Two may fail before the lease ends. */
const TICK_MS = LEASE_MS / 3;

export class Bus {
  /** Where it connects to, for a person. */
  address = "";

  #handlers: BusHandlers;
  #commands: Connection | undefined;
  #listener: Connection | undefined;
  #channels: string[] = [];
  #delay = FIRST_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(handlers: BusHandlers) {
    this.#handlers = handlers;
  }

  get isUp(): boolean {
    return this.#commands !== undefined;
  }

  /** For last words; everything else goes through `run`. */
  get commands(): Connection | undefined {
    return this.#commands;
  }

  start(): void {
    this.#connect().catch((error) => this.#lost(asError(error)));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Does work on the command connection, one piece after the other, so that no two transactions mix. */
  run<T>(work: (commands: Connection) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      if (!this.#commands) throw new Error("the bus is away");
      return work(this.#commands);
    });
    this.#turn = result.catch(() => {}); // whoever asked hears of it
    return result;
  }

  /** Listens to these channels and no others. */
  async listen(channels: string[]): Promise<void> {
    const listener = this.#listener;
    if (!listener) return;
    const old = this.#channels.filter((channel) => !channels.includes(channel));
    const fresh = channels.filter((channel) => !this.#channels.includes(channel));
    this.#channels = channels;
    await Promise.all([
      ...fresh.map((channel) => listener.call("SUBSCRIBE", channel)),
      ...old.map((channel) => listener.call("UNSUBSCRIBE", channel)),
    ]);
  }

  async #connect(): Promise<void> {
    const endpoint = findEndpoint();
    this.address = describe(endpoint);
    const [commands, listener] = await both(Connection.open(endpoint), Connection.open(endpoint));
    if (this.#stopped) {
      commands.close();
      listener.close();
      return;
    }
    [this.#commands, this.#listener, this.#channels] = [commands, listener, []];
    commands.onClose = listener.onClose = (error) => this.#lost(error);
    listener.onMessage = (channel) => this.#handlers.woken(channel);
    await this.run((connection) => this.#handlers.up(connection));
    this.#delay = FIRST_DELAY_MS;
    this.#wait(TICK_MS, () => this.#tick());
  }

  async #tick(): Promise<void> {
    await Promise.all([this.#listener?.call("PING"), this.run((commands) => this.#handlers.tick(commands))]);
    this.#wait(TICK_MS, () => this.#tick());
  }

  #lost(error: Error): void {
    if (this.#stopped) return;
    this.#drop();
    this.#handlers.down(error);
    // Some chance, so that a room full of terminals does not come back in one instant.
    this.#wait(this.#delay * (0.75 + Math.random() / 2), () => this.#connect());
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
  }

  #drop(): void {
    const gone = [this.#commands, this.#listener];
    this.#commands = this.#listener = undefined;
    for (const connection of gone) {
      if (!connection) continue;
      connection.onClose = () => {};
      connection.close();
    }
  }

  #wait(ms: number, next: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => next().catch((error) => this.#lost(asError(error))), ms);
    this.#timer.unref();
  }
}

/** Both or none: one that came alone is closed. */
async function both(...opening: Promise<Connection>[]): Promise<Connection[]> {
  const settled = await Promise.allSettled(opening);
  const failed = settled.find((one) => one.status === "rejected");
  const good = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (!failed) return good;
  for (const connection of good) connection.close();
  throw failed.reason;
}
