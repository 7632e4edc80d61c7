// Takes events from their lists one at a time and says what became of them.
import type { Connection, Reply } from "./resp.ts";
import { CENTRAL } from "./lease.ts";
import { type GatewayEvent, hashOf, newTurn, readEvent } from "./row.ts";
import { recall, type Told, type Turns, turnsOf } from "./turns.ts";

/** One event in hand. */
export interface Claim extends Turns {
  sid: string;
  row: Buffer;
  event: GatewayEvent;
  /** How often a terminal ended in it. */
  cuts?: number;
  /** Who had it in hand before and never said how it ended. */
  begun?: string;
}

export type State = "injected" | "completed" | "queued" | "dead";

/** What is said of it. */
export interface End {
  state: State;
  note?: string;
}

/** The value of the claim key: what is in hand, durably, before the first word of it is said. */
interface InHand extends Turns {
  row: string;
  /** Turns in which a terminal ended, this one not counted. */
  cuts?: number;
  /** The process that has it in hand. */
  by?: string;
}

/** An event that ends every pi it is told to would otherwise do so for ever. */
const MAX_CUTS = 5;
/** Without a Bellhop nobody takes receipts off their list. */
const MAX_RECEIPTS = 10_000;

export class Claims {
  /** Rows that could not be read and were put away. */
  onUnreadable: (reason: string) => void = () => {};
  /** Asks the transcript. */
  ask: (turn: string) => Told = () => "no";

  #prefix: string;
  #sid = CENTRAL;
  #me: string;
  #lists: string[] = [];
  /** True until the claims of a time before were looked through. */
  #leftovers = true;
  /** What lives before wrote down, by the row. Our listener may give such a row out later than others. */
  #before = new Map<string, InHand>();

  constructor(prefix: string, me: string) {
    [this.#prefix, this.#me] = [prefix, me];
  }

  /** The channels that say when something waits. */
  get channels(): string[] {
    return this.#names.map((name) => this.#key("notify", name));
  }

  /** Takes up what a life before left in hand. Call it on every new connection and for every new session. */
  async open(commands: Connection, sid: string): Promise<void> {
    this.#sid = sid;
    this.#lists = this.#names.map((name) => this.#key("events", name));
    this.#leftovers = true;
    const record = readRecord(await commands.call("GET", this.#key("claim", sid)));
    if (record) this.#before.set(record.row, record);
  }

  /** The list that a channel speaks of is looked at first. */
  prefer(channel: string): void {
    const list = this.#key("events", channel.slice(this.#key("notify", "").length));
    if (this.#lists.includes(list)) this.#lists = [list, ...this.#lists.filter((other) => other !== list)];
  }

  /** How many wait. */
  async waiting(commands: Connection): Promise<number> {
    // Our own listener shows the same rows under each of central's names; other servers may refuse the question.
    const server = String(await commands.call("INFO", "server").catch(() => ""));
    const lists = server.includes("bellhop_version:") ? this.#lists.slice(0, 1) : this.#lists;
    const counts = await Promise.all(lists.map((list) => commands.call("LLEN", list)));
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  /** The oldest event, claimed under a new turn; null when none waits. */
  async next(commands: Connection): Promise<Claim | null> {
    try {
      for (let row = await this.#take(commands); row; row = await this.#take(commands)) {
        const claim = await this.#open(commands, row);
        this.#before.delete(hashOf(row));
        if (claim) return claim;
      }
      return null;
    } catch (error) {
      this.#leftovers = true; // a row may be claimed that is not in hand
      throw error;
    }
  }

  /** Writes the turn down before its prompt is sent. */
  async write(commands: Connection, claim: Claim): Promise<void> {
    await commands.call(...this.#noting(claim, this.#me, claim.cuts));
  }

  /**
   * After a gap: whether the event is still ours. Redis keeps it claimed until somebody takes us for gone and gives it to
   * another; our own listener gives a lost connection's row out again, unless it was reported. Of what was told, the turn
   * stays written down until it is over or another's.
   */
  async keep(commands: Connection, claim: Claim, isTold: boolean, isReported: boolean): Promise<boolean> {
    const isNoted = isTold && (await this.#isWrittenDown(commands, claim));
    // What was reported nobody gives out again: a row that waits and has the same bytes is another event.
    const isOurs = (isNoted && isReported) || (await this.#isListed(commands, claim)) || isNoted;
    if (isOurs) this.#before.delete(hashOf(claim.row));
    return isOurs;
  }

  /** It is another's now, and was never told here: not even that it may have been. */
  async forget(commands: Connection, claim: Claim): Promise<void> {
    await commands.call("DEL", this.#key("claim", claim.sid));
  }

  /** The event stands in the transcript. */
  async injected(commands: Connection, claim: Claim): Promise<void> {
    await commands.call("LPUSH", this.#key("receipts"), this.#receipt(claim, { state: "injected" }));
  }

  /**
   * It is over: the receipts and the end of the claim, or none of it. Where the bus may not know that this turn told it,
   * that is said first: of a turn that it never heard of no end is taken.
   */
  async finish(commands: Connection, claim: Claim, end: End, isReported: boolean): Promise<void> {
    const told = isReported ? [] : [this.#receipt(claim, { state: "injected" })];
    await this.#acknowledge(commands, claim, [...told, this.#receipt(claim, end)]);
  }

  /**
   * It was not told here: it goes back to where it was, and with it what is known of prompts elsewhere. In hand is always
   * the oldest of what is claimed.
   */
  async giveBack(commands: Connection, claim: Claim): Promise<void> {
    const before = this.#noting(claim, claim.begun ?? this.#me, (claim.cuts ?? 1) - 1);
    await commands.transaction(
      ["LMOVE", this.#key("claims", claim.sid), this.#key("events", claim.sid), "RIGHT", "RIGHT"],
      claim.turns ? before : ["DEL", this.#key("claim", claim.sid)],
    );
  }

  /** Central has three names; producers of each generation know another one. */
  get #names(): string[] {
    return this.#sid === CENTRAL ? [CENTRAL, "main", "central"] : [this.#sid];
  }

  #key(...parts: string[]): string {
    return [this.#prefix, ...parts].join(":");
  }

  async #take(commands: Connection): Promise<Buffer | null> {
    const left = this.#leftovers ? await this.#oldest(commands) : undefined;
    this.#leftovers = left !== undefined;
    return left ?? (await this.#pull(commands));
  }

  /** Undefined when the row needs no telling. */
  async #open(commands: Connection, row: Buffer): Promise<Claim | undefined> {
    let event: GatewayEvent;
    try {
      event = readEvent(row);
    } catch (error) {
      const reason = (error as Error).message;
      const unreadable = { sid: this.#sid, row };
      const end: End = { state: "dead", note: `unreadable: ${reason}` };
      await this.#acknowledge(commands, unreadable, [this.#receipt(unreadable, end)]);
      this.onUnreadable(reason);
      return undefined;
    }
    const claim: Claim = { sid: this.#sid, row, event, turn: newTurn() };
    const before = this.#before.get(hashOf(row));
    if (before && (await this.#settledBefore(commands, claim, before))) return undefined;
    await this.write(commands, claim);
    return claim;
  }

  async #isListed(commands: Connection, claim: Claim): Promise<boolean> {
    const claimed = (await commands.call("LRANGE", this.#key("claims", claim.sid), "0", "-1")) as Buffer[];
    // What comes instead of it stays claimed and is found among the leftovers.
    const again = claimed.length === 0 ? await this.#pull(commands) : null;
    if (again) this.#leftovers = true;
    return [...claimed, again].some((row) => row?.equals(claim.row));
  }

  #noting({ sid, row, turn, told, turns }: Claim, by: string, cuts: number | undefined): string[] {
    const record: InHand = { turn, row: hashOf(row), told, turns, cuts, by };
    return ["SET", this.#key("claim", sid), JSON.stringify(record)];
  }

  async #isWrittenDown(commands: Connection, claim: Claim): Promise<boolean> {
    return readRecord(await commands.call("GET", this.#key("claim", claim.sid)))?.row === hashOf(claim.row);
  }

  async #oldest(commands: Connection): Promise<Buffer | undefined> {
    const rows = await commands.call("LRANGE", this.#key("claims", this.#sid), "-1", "-1");
    return (rows as Buffer[])[0];
  }

  async #pull(commands: Connection): Promise<Buffer | null> {
    for (const list of this.#lists) {
      const row = await commands.call("LMOVE", list, this.#key("claims", this.#sid), "RIGHT", "LEFT");
      if (row !== null) return row as Buffer;
    }
    return null;
  }

  /** Decides by the transcript about an event that was in hand when a terminal ended. True when it is over. */
  async #settledBefore(commands: Connection, claim: Claim, before: InHand): Promise<boolean> {
    const turns = turnsOf(before);
    const { told, isAnswered } = recall(turns, this.ask);
    [claim.told, claim.turns, claim.cuts] = [told, turns, (before.cuts ?? 0) + 1];
    if (isAnswered) {
      await this.finish(commands, claim, { state: "completed", note: "answered before the terminal ended" }, false);
      return true;
    }
    if (told && claim.cuts >= MAX_CUTS) {
      await this.finish(commands, claim, { state: "dead", note: `interrupted: ${MAX_CUTS} terminals ended in it` }, false);
      return true;
    }
    // The file may be the same one: what another process wrote into it meanwhile is not among the entries in memory.
    if (!told && before.by !== this.#me) claim.begun = before.by;
    return false;
  }

  async #acknowledge(commands: Connection, claim: Pick<Claim, "sid" | "row">, receipts: string[]): Promise<void> {
    const replies = await commands.transaction(
      ["LPUSH", this.#key("receipts"), ...receipts],
      ["LREM", this.#key("claims", claim.sid), "1", claim.row],
      ["DEL", this.#key("claim", claim.sid)],
    );
    if (Number(replies?.[0]) > MAX_RECEIPTS * 1.1)
      await commands.call("LTRIM", this.#key("receipts"), "0", String(MAX_RECEIPTS - 1));
  }

  #receipt(
    { sid, row, event, turn, told }: Pick<Claim, "sid" | "row"> & Partial<Claim>,
    { state, note }: End,
  ): string {
    const text = row.toString("utf8");
    return JSON.stringify({ key: event?.key, id: event?.id, session: sid, state, turn: told ?? turn, note, event: text });
  }
}

function readRecord(reply: Reply): InHand | undefined {
  try {
    const record = JSON.parse(String(reply));
    return typeof record?.turn === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}
