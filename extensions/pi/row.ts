// A row of an event list: the bytes a producer wrote, and what they say.
import { createHash, randomBytes } from "node:crypto";

/** An event as tolerantly as every producer on this wire writes it. */
export interface GatewayEvent {
  key?: string;
  id?: string;
  type: string;
  source: string;
  /** Milliseconds; undefined where the producer gave none. */
  at?: number;
  /** The payload's JSON as it stands in the row; empty where there is none. */
  payload: string;
}

/** What a row is known by beside its bytes. */
export const hashOf = (row: Buffer): string => createHash("sha256").update(row).digest("hex");

/** The event in a row. Throws with the reason where there is none. */
export function readEvent(row: Buffer): GatewayEvent {
  const text = row.toString("utf8");
  const fields = JSON.parse(text) as Record<string, unknown>;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new Error("an event is a JSON object");
  const type = word(fields.type);
  if (!type) throw new Error("'type' is required");
  return {
    key: word(fields.key),
    id: word(fields.id),
    type,
    source: word(fields.source) ?? word(fields.fn) ?? "unknown",
    at: time(fields.ts),
    payload: payloadOf(text, fields),
  };
}

function word(value: unknown): string | undefined {
  if (typeof value === "string") return value || undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Below 1e12 a producer means seconds; 0 and nothing are no time. */
function time(value: unknown): number | undefined {
  const number = Number(word(value) ?? Number.NaN);
  if (!(number >= 1)) return undefined;
  const ms = number < 1e12 ? number * 1000 : number;
  return ms <= 253402300799999 ? ms : undefined;
}

function payloadOf(text: string, fields: Record<string, unknown>): string {
  const name = "payload" in fields ? "payload" : "data";
  const value = fields[name];
  if (value === undefined || value === null) return "";
  if (typeof value === "object" && Object.keys(value).length === 0 && !Array.isArray(value)) return "";
  return rawMember(text, name) ?? JSON.stringify(value);
}

/** A member's own text: parsing and printing it again would round long numbers. The row is known to be good JSON. */
function rawMember(text: string, name: string): string | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let depth = 0;
  let key: string | undefined;
  let start = -1;
  let found: string | undefined;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const part = match[0];
    if (depth === 1 && (part === "," || part === "}")) {
      if (key === name && start >= 0) found = text.slice(start, match.index).trim();
      key = undefined;
      start = -1;
    } else if (depth === 1 && part === ":" && start < 0) start = token.lastIndex;
    else if (depth === 1 && key === undefined && part.startsWith('"')) key = JSON.parse(part) as string;
    if (part === "{" || part === "[") depth++;
    else if (part === "}" || part === "]") depth--;
  }
  return found;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: 48 bits of time, 80 of chance. */
export function newTurn(now = Date.now()): string {
  let bits = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString("hex")}`);
  let text = "";
  for (let i = 0; i < 26; i++, bits >>= 5n) text = CROCKFORD[Number(bits & 31n)] + text;
  return text;
}
