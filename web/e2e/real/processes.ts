import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const binary = process.env.LEADLAKE ?? "../bin/leadlake";

/** A program of ours that runs until the test stops it. */
export interface Running {
  lines: string[]; // of its stdout
  stop: () => Promise<void>;
}

/** Starts the binary and waits until it has printed so many lines. */
async function start(
  args: string[],
  lines: number,
  env: Record<string, string> = {},
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "leadlake-e2e-"));
  const child: ChildProcess = spawn(binary, ["--lake", join(folder, "lake"), ...args], {
    env: { ...process.env, NOTION_TOKEN: "", DATABASE_ID: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  let talk = "";
  child.stderr?.on("data", (chunk: Buffer) => (talk += chunk.toString()));
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`leadlake ended with ${code}:\n${talk}`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      printed.push(line);
      if (printed.length === lines) resolve();
    });
  });
  return { lines: printed, stop };
}

/** The demo's Notion, in which nothing moves. Its lines are an environment. */
export async function startNotion() {
  const running = await start(["demo", "--notion-addr", "127.0.0.1:0", "--still"], 3);
  const env = Object.fromEntries(running.lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  return { ...running, env: env as Record<string, string> };
}

/** The product, following that Notion. Its line is its address. */
export async function startLeadlake(env: Record<string, string>) {
  const running = await start(["serve", "--addr", "127.0.0.1:0"], 1, {
    ...env,
    LEADLAKE_SYNC_EVERY: "2s",
  });
  return { ...running, url: running.lines[0]! };
}
