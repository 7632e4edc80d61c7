// The home of a Bellhop on this machine: what it says about itself, and what a person chose in it.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Who is central where this pi was not told: the first one, each one that asks, or only one that was told. */
export type Single = "auto" | "on" | "off";

/** Where the Bellhop that runs there speaks the Redis protocol; empty where none does. */
export function readListener(env: NodeJS.ProcessEnv): string {
  const { resp } = read(env, "run/endpoints.json", (text) => text);
  return typeof resp === "string" ? resp : "";
}

/** `sessions.single` as Bellhop reads it; what cannot be read counts as not chosen, and Bellhop says what is wrong with it. */
export function readSingle(env: NodeJS.ProcessEnv): Single {
  const { sessions } = read(env, "config.json", withoutComments) as { sessions?: { single?: unknown } };
  const chosen = env.BELLHOP__SESSIONS__SINGLE ?? sessions?.single;
  return chosen === "on" || chosen === "off" ? chosen : "auto";
}

function read(env: NodeJS.ProcessEnv, file: string, clean: (text: string) => string): Record<string, unknown> {
  const home = env.BELLHOP_HOME?.replace(/^~(?=\/|$)/, homedir()) || join(homedir(), ".bellhop");
  try {
    const value = JSON.parse(clean(readFileSync(join(home, file), "utf8")));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // no Bellhop here, or one that is just starting
  }
}

/** Bellhop allows comments and trailing commas. Strings are matched first, so that nothing in them counts. */
function withoutComments(text: string): string {
  const string = '"(?:[^"\\\\]|\\\\.)*"';
  const uncommented = text.replace(new RegExp(`(${string})|//[^\\n]*|/\\*[^]*?\\*/`, "g"), (_, kept) => kept ?? " ");
  return uncommented.replace(new RegExp(`(${string})|,(?=\\s*[}\\]])`, "g"), (_, kept) => kept ?? "");
}
