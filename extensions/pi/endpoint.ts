// Where the bus is: said by the environment, or by a Bellhop that runs here, or where Redis usually is.
import { readListener } from "./home.ts";

export interface Endpoint {
  host: string;
  port: number;
  tls: boolean;
  username?: string;
  password?: string;
  database: number;
}

const DEFAULT_PORT = 6379;

/** Asked again before each attempt: a Bellhop that was restarted may listen elsewhere. */
export function findEndpoint(env: NodeJS.ProcessEnv = process.env): Endpoint {
  if (env.REDIS_URL) return fromUrl(env.REDIS_URL);
  const login = { username: env.REDIS_USERNAME || undefined, password: env.REDIS_PASSWORD || undefined };
  const named = env.REDIS_HOST || env.REDIS_PORT;
  const [host, port] = named ? [env.REDIS_HOST, env.REDIS_PORT] : split(readListener(env));
  return { host: host || "127.0.0.1", port: Number(port) || DEFAULT_PORT, tls: false, database: 0, ...login };
}

/** What every key begins with. */
export const findPrefix = (env: NodeJS.ProcessEnv = process.env): string => env.BELLHOP_PREFIX || "agent";

export const describe = ({ host, port, tls }: Endpoint): string => `${tls ? "rediss" : "redis"}://${host}:${port}`;

function fromUrl(text: string): Endpoint {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error("REDIS_URL is no address such as redis://user:password@host:6379/0");
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:")
    throw new Error(`REDIS_URL begins with ${url.protocol}; redis: and rediss: are understood`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: Number(url.port) || DEFAULT_PORT,
    tls: url.protocol === "rediss:",
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    database: Number(url.pathname.slice(1)) || 0,
  };
}

function split(address: string): [string, string] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, Math.max(colon, 0)).replace(/^\[|\]$/g, ""), address.slice(colon + 1)];
}
